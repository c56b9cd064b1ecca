package main

import (
	"context"

	"github.com/spf13/pflag"
	"k8s.io/component-base/configz"
	"k8s.io/kubernetes/cmd/kube-scheduler/app"
	"k8s.io/kubernetes/cmd/kube-scheduler/app/options"
)

// startScheduler starts the scheduler.
func startScheduler(ctx context.Context, run *components, pki *credentials) error {
	globals, err := newGlobals()
	if err != nil {
		return err
	}
	o := options.NewOptions()
	o.ComponentGlobalsRegistry = globals
	flags := pflag.NewFlagSet("kube-scheduler", pflag.ContinueOnError)
	for _, set := range o.Flags.FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse([]string{
		"--kubeconfig=" + pki.file("scheduler.kubeconfig"),
		"--kube-api-content-type=application/vnd.kubernetes.protobuf",
		"--kube-api-qps=500", "--kube-api-burst=1000",
		"--secure-port=0", "--profiling=false", "--leader-elect=false",
	}); err != nil {
		return err
	}
	if err := globals.Set(); err != nil {
		return err
	}
	configz.Delete("componentconfig") // the API server and the scheduler use one name
	config, scheduler, err := app.Setup(ctx, o)
	if err != nil {
		return err
	}
	run.run(ctx, "kube-scheduler", func(ctx context.Context) error { return app.Run(ctx, config, scheduler) })
	return nil
}
