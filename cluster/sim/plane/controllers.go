package main

import (
	"context"
	"strings"

	"github.com/spf13/pflag"
	"k8s.io/component-base/configz"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
	"k8s.io/kubernetes/cmd/kube-controller-manager/names"
)

// controllers are those that have work in a lab. Left out is what needs a cloud,
// bootstrap tokens or device drivers.
var controllers = []string{
	names.DeploymentController, names.ReplicaSetController, names.ReplicationControllerController,
	names.DaemonSetController, names.StatefulSetController, names.JobController, names.CronJobController,
	names.HorizontalPodAutoscalerController, names.TTLAfterFinishedController, names.DisruptionController, names.EphemeralVolumeController,

	names.EndpointsController, names.EndpointSliceController, names.EndpointSliceMirroringController,
	names.ServiceCIDRController,

	names.NamespaceController, names.GarbageCollectorController, names.PodGarbageCollectorController,
	names.ResourceQuotaController, names.ServiceAccountController, names.ServiceAccountTokenController,
	names.LegacyServiceAccountTokenCleanerController,
	names.RootCACertificatePublisherController, names.ClusterRoleAggregationController,
	names.ValidatingAdmissionPolicyStatusController,

	names.NodeLifecycleController, names.TaintEvictionController,

	names.PersistentVolumeBinderController, names.PersistentVolumeAttachDetachController,
	names.PersistentVolumeExpanderController, names.PersistentVolumeClaimProtectionController,
	names.PersistentVolumeProtectionController,

	names.CertificateSigningRequestApprovingController, names.CertificateSigningRequestSigningController,
	names.CertificateSigningRequestCleanerController,
}

func controllerFlags(pki *credentials) []string {
	return []string{
		"--kubeconfig=" + pki.file("controllers.kubeconfig"),
		"--kube-api-content-type=application/vnd.kubernetes.protobuf",
		"--kube-api-qps=500", "--kube-api-burst=1000",
		"--secure-port=0", "--profiling=false",
		"--leader-elect=false", // there is one, and a lease would be renewed for nothing
		"--controllers=" + strings.Join(controllers, ","),
		"--controller-start-interval=0s", "--controller-shutdown-timeout=1s",
		"--service-account-private-key-file=" + pki.file("sa.key"), "--root-ca-file=" + pki.file("ca.crt"),
		"--cluster-signing-cert-file=" + pki.file("ca.crt"), "--cluster-signing-key-file=" + pki.file("ca.key"),
		// Pods that become ready within a few milliseconds of each other: the second
		// often finds the controller's copy of the slice out of date, and that is
		// tried again only after a second (defaultSyncBackOff in
		// k8s.io/kubernetes/pkg/controller/endpointslice).
		"--endpointslice-updates-batch-period=20ms",
		// A clock for a lab: a stopped node is NotReady while the learner still
		// looks, instead of after 50 s, and every node that stops is treated at
		// once, not one per 10 s. Leases are renewed every 10 s as anywhere; the
		// other 10 s are for a machine too busy to renew in time, whose pods would
		// be evicted for nothing.
		"--node-monitor-period=1s", "--node-monitor-grace-period=20s", "--node-eviction-rate=10",
	}
}

// startControllers starts the controller manager. It needs a ready API server,
// which it otherwise asks once a second.
func startControllers(ctx context.Context, run *components, pki *credentials) error {
	globals, err := newGlobals()
	if err != nil {
		return err
	}
	s, err := options.NewKubeControllerManagerOptions()
	if err != nil {
		return err
	}
	s.ComponentGlobalsRegistry = globals
	all, disabled, aliases := app.KnownControllers(), app.ControllersDisabledByDefault(), app.ControllerAliases()
	flags := pflag.NewFlagSet("kube-controller-manager", pflag.ContinueOnError)
	for _, set := range s.Flags(all, disabled, aliases).FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(controllerFlags(pki)); err != nil {
		return err
	}
	if err := globals.Set(); err != nil {
		return err
	}
	config, err := s.Config(ctx, all, disabled, aliases)
	if err != nil {
		return err
	}
	configz.Delete(app.ConfigzName)
	run.run(ctx, "kube-controller-manager", func(ctx context.Context) error { return app.Run(ctx, config.Complete()) })
	return nil
}
