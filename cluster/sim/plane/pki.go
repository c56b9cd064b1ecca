package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2/maybe"
	"k8s.io/client-go/util/keyutil"
)

// validity is how long a certificate lasts; the authority is kept between
// starts, everything it signs is new at each.
const validity = 10 * 365 * 24 * time.Hour

// A keyPair is a certificate with its key, PEM-encoded.
type keyPair struct{ cert, key []byte }

// An authority signs every certificate of this control plane.
type authority struct {
	keyPair
	parsed *x509.Certificate
	signer crypto.Signer
}

// A holder is whom a certificate is for.
type holder struct {
	name   string
	groups []string
	ips    []net.IP // with names: also a server
	names  []string
}

// loadAuthority returns the authority kept in dir, or makes one there.
func loadAuthority(dir string) (*authority, error) {
	a, err := readAuthority(dir)
	if err == nil {
		return a, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errUnusable) {
		return nil, err
	}
	return newAuthority(dir)
}

var errUnusable = errors.New("the certificate authority cannot be used")

func readAuthority(dir string) (*authority, error) {
	cert, err := os.ReadFile(filepath.Join(dir, "ca.crt"))
	if err != nil {
		return nil, err
	}
	key, err := os.ReadFile(filepath.Join(dir, "ca.key"))
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil || time.Until(pair.Leaf.NotAfter) < validity/10 {
		return nil, errors.Join(errUnusable, err)
	}
	signer, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errUnusable
	}
	return &authority{keyPair{cert, key}, pair.Leaf, signer}, nil
}

func newAuthority(dir string) (*authority, error) {
	signer, key, err := newKey()
	if err != nil {
		return nil, err
	}
	template, err := newTemplate(holder{name: "podium"})
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage |= x509.KeyUsageCertSign
	template.ExtKeyUsage = nil
	a := &authority{parsed: template, signer: signer}
	if a.cert, err = a.sign(template, signer.Public()); err != nil {
		return nil, err
	}
	a.key = key
	if a.parsed, err = parsePEM(a.cert); err != nil {
		return nil, err
	}
	return a, a.write(dir, "ca")
}

// issue signs a new certificate for h.
func (a *authority) issue(h holder) (keyPair, error) {
	signer, key, err := newKey()
	if err != nil {
		return keyPair{}, err
	}
	template, err := newTemplate(h)
	if err != nil {
		return keyPair{}, err
	}
	if len(h.ips)+len(h.names) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	cert, err := a.sign(template, signer.Public())
	return keyPair{cert, key}, err
}

// pool returns the pool that trusts a alone.
func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.parsed)
	return pool
}

func (a *authority) sign(template *x509.Certificate, public crypto.PublicKey) ([]byte, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, a.parsed, public, a.signer)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), err
}

// write keeps p as name.crt and name.key in dir; the key first, so that a
// certificate without its key is never found.
func (p keyPair) write(dir, name string) error {
	return errors.Join(
		maybe.WriteFile(filepath.Join(dir, name+".key"), p.key, 0o600),
		maybe.WriteFile(filepath.Join(dir, name+".crt"), p.cert, 0o600),
	)
}

func newTemplate(h holder) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	return &x509.Certificate{
		Subject:      pkix.Name{CommonName: h.name, Organization: h.groups},
		SerialNumber: serial,
		NotBefore:    time.Now().Add(-time.Hour), // a clock that was set back meanwhile
		NotAfter:     time.Now().Add(validity),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		IPAddresses:  h.ips,
		DNSNames:     h.names,
	}, err
}

func newKey() (crypto.Signer, []byte, error) {
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := keyutil.MarshalPrivateKeyToPEM(signer)
	return signer, encoded, err
}

func parsePEM(data []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errUnusable
	}
	return x509.ParseCertificate(block.Bytes)
}
