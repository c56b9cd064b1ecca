package main

import (
	"flag"
	"io"
	"log"
	"log/slog"
	"os"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc/grpclog"
	"k8s.io/klog/v2"
)

// logLimit is how large the log grows before what is in it becomes the old log.
const logLimit = 16 << 20

// A logFile is a log that never holds more than twice its limit on disk. It is
// copied and truncated in place rather than renamed, because the parent has it
// open too, as this process's standard error: a Go crash lands there.
type logFile struct {
	limit int64

	mu   sync.Mutex
	file *os.File
}

// openLog opens the log at path and puts what it held into path.old.
func openLog(path string, limit int64) (*logFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	l := &logFile{limit: limit, file: file}
	if err := l.rotate(); err != nil {
		file.Close()
		return nil, err
	}
	return l, nil
}

// Write implements io.Writer. It measures the file each time, because others
// append to it as well.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if info, err := l.file.Stat(); err == nil && info.Size()+int64(len(p)) > l.limit {
		if err := l.rotate(); err != nil {
			return 0, err
		}
	}
	return l.file.Write(p)
}

// Sync implements zapcore.WriteSyncer; the page cache is enough for a log.
func (l *logFile) Sync() error { return nil }

func (l *logFile) rotate() error {
	info, err := l.file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	old, err := os.OpenFile(l.file.Name()+".old", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer old.Close()
	if _, err := io.Copy(old, io.NewSectionReader(l.file, 0, info.Size())); err != nil {
		return err
	}
	return l.file.Truncate(0)
}

// capture sends to l whatever the components and their libraries would say
// elsewhere. It is process-wide and called once, before any of them starts.
func (l *logFile) capture() error {
	os.Stdout, os.Stderr = l.file, l.file
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{
		"logtostderr": "false", "alsologtostderr": "false", "stderrthreshold": "FATAL", "one_output": "true", "v": "0",
	} {
		if err := flags.Set(name, value); err != nil {
			return err
		}
	}
	klog.SetOutput(l)
	log.SetOutput(l)
	slog.SetDefault(l.slog())
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, l))
	return nil
}

func (l *logFile) slog() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// zap returns etcd's logger. What etcd finds fatal panics instead of ending the
// process, so that data it cannot read can be moved aside.
func (l *logFile) zap() *zap.Logger {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), l, zap.WarnLevel)
	return zap.New(core, zap.WithFatalHook(zapcore.WriteThenPanic))
}
