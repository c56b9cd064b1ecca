package main

import (
	"net"
	"net/url"

	"go.etcd.io/etcd/server/v3/embed"
)

// listenEtcd puts etcd on a free loopback port that asks for a certificate of
// this control plane's own authority, and returns the API server's flags for it.
func listenEtcd(config *embed.Config, _ string, pki *credentials) ([]string, error) {
	// etcd opens its listener itself, so that the port is found first.
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	endpoint := url.URL{Scheme: "https", Host: probe.Addr().String()}
	if err := probe.Close(); err != nil {
		return nil, err
	}
	config.ListenClientUrls = []url.URL{endpoint}
	config.AdvertiseClientUrls = []url.URL{endpoint}
	config.ClientTLSInfo.CertFile, config.ClientTLSInfo.KeyFile = pki.file("etcd.crt"), pki.file("etcd.key")
	config.ClientTLSInfo.TrustedCAFile, config.ClientTLSInfo.ClientCertAuth = pki.file("ca.crt"), true
	return []string{
		"--etcd-servers=" + endpoint.String(), "--etcd-cafile=" + pki.file("ca.crt"),
		"--etcd-certfile=" + pki.file("etcd.crt"), "--etcd-keyfile=" + pki.file("etcd.key"),
	}, nil
}
