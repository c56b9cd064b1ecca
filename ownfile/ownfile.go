// Package ownfile writes the files that podium keeps, so that a crash or a full
// disk leaves either the old one or the new one, and no other user reads them.
package ownfile
