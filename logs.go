package main

import (
	"flag"
	"io"
	"log"
	"os"

	"k8s.io/klog/v2"

	"podium/i18n"
)

// mostLog is how large podium's log may be when podium starts; a larger one
// becomes podium.log.old. Nothing in podium logs often enough to need more.
const mostLog = 4 << 20 // bytes

// openLog sends everything that podium and its libraries log to a file in its
// home: no log line may reach the screen. Close the file when podium ends.
func (h home) openLog() (io.Closer, error) {
	if info, err := os.Stat(h.log()); err == nil && info.Size() > mostLog {
		_ = os.Rename(h.log(), h.log()+".old") // else it grows a little more
	}
	file, err := os.OpenFile(h.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, i18n.Errorf(err, i18n.M("cli.home", "Dir", string(h), "Problem", plain(err)))
	}
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{
		"logtostderr": "false", "alsologtostderr": "false", "stderrthreshold": "FATAL", "one_output": "true", "v": "0",
	} {
		if err := flags.Set(name, value); err != nil {
			return nil, err
		}
	}
	klog.SetOutput(file)
	log.SetOutput(file)
	return file, nil
}
