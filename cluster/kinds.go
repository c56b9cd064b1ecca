package cluster

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// A Kind is one kind of object that podium watches.
type Kind struct {
	schema.GroupVersionKind
	Resource   string // the plural that stands in the API's paths
	Short      string // what kubectl also calls it; "" if nothing shorter
	Namespaced bool   // false: one for the whole cluster
}

// kinds are the rows of the resource map, in its order.
var kinds = []Kind{
	{core("Node"), "nodes", "no", false},
	{core("Namespace"), "namespaces", "ns", false},
	{core("Pod"), "pods", "po", true},
	{apps("ReplicaSet"), "replicasets", "rs", true},
	{apps("Deployment"), "deployments", "deploy", true},
	{apps("DaemonSet"), "daemonsets", "ds", true},
	{apps("StatefulSet"), "statefulsets", "sts", true},
	{v1("batch", "Job"), "jobs", "", true},
	{v1("batch", "CronJob"), "cronjobs", "cj", true},
	{core("Service"), "services", "svc", true},
	{v1("discovery.k8s.io", "EndpointSlice"), "endpointslices", "", true},
	{v1("networking.k8s.io", "Ingress"), "ingresses", "ing", true},
	{core("ConfigMap"), "configmaps", "cm", true},
	{core("Secret"), "secrets", "", true},
	{core("PersistentVolume"), "persistentvolumes", "pv", false},
	{core("PersistentVolumeClaim"), "persistentvolumeclaims", "pvc", true},
	{v1("storage.k8s.io", "StorageClass"), "storageclasses", "sc", false},
	{core("ServiceAccount"), "serviceaccounts", "sa", true},
	{rbac("Role"), "roles", "", true},
	{rbac("RoleBinding"), "rolebindings", "", true},
	{rbac("ClusterRole"), "clusterroles", "", false},
	{rbac("ClusterRoleBinding"), "clusterrolebindings", "", false},
	{v1("policy", "PodDisruptionBudget"), "poddisruptionbudgets", "pdb", true},
	{core("ResourceQuota"), "resourcequotas", "quota", true},
	{core("Event"), "events", "ev", true},
}

// Kinds lists every kind that podium watches, in the order in which the
// resource map shows them.
func Kinds() []Kind { return slices.Clone(kinds) }

func v1(group, kind string) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: group, Version: "v1", Kind: kind}
}

func core(kind string) schema.GroupVersionKind { return v1("", kind) }
func apps(kind string) schema.GroupVersionKind { return v1("apps", kind) }
func rbac(kind string) schema.GroupVersionKind { return v1("rbac.authorization.k8s.io", kind) }

// KindOf returns an object's kind as it says itself. Every object in a
// [Snapshot] says it, so that a part of a manifest can be compared with it.
func KindOf(o Object) schema.GroupKind {
	return o.GetObjectKind().GroupVersionKind().GroupKind()
}
