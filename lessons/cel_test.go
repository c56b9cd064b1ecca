package lessons

import (
	"testing"

	"podium/i18n"
)

func everything(t testing.TB) View {
	owned := read(t, `{apiVersion: v1, kind: Pod, metadata: {name: web-a, uid: u, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d4, uid: r, controller: true}]}, status: {phase: Failed}}`)
	return View{
		Namespace: "lab",
		Now: state(pod(t, "a", "ready"), pod(t, "b", "failing"), pod(t, "c", "terminating"), owned, read(t, web),
			read(t, `{apiVersion: v1, kind: Pod, metadata: {name: stranger, namespace: other}}`),
			read(t, `{apiVersion: v1, kind: Node, metadata: {name: n1}}`)),
		Start: state(pod(t, "a", "ready")),
		Past: Past{LeastReady: 1, MostPods: 5, MostStaying: 4, Seconds: 2.5, Created: list(nil, pod(t, "b", "starting")),
			Deleted: list(nil, pod(t, "old", "ready"))},
		Commands: []Command{
			{Line: "kubectl -n lab logs a -c nginx | head", Calls: [][]string{{"-n", "lab", "logs", "a", "-c", "nginx"}}, Output: "GET /"},
			{Line: "help", Verb: "help", Exit: 1},
		},
		Load:   LoadStats{Total: 10, Failed: 3, Downtime: 1.5, Recovered: true, Versions: map[string]int{"6.9.0": 7}, Pods: map[string]int{"a": 7}},
		Answer: "five",
	}
}

func TestWhatLessonsSeeThroughCEL(t *testing.T) {
	for _, source := range []string{
		"size(pods) == 4 && size(nodes) == 1 && size(namespaces) == 0",
		"pods.filter(p, ready(p)).map(p, p.metadata.name) == ['a']",
		"pods.filter(p, failing(p)).map(p, p.metadata.name) == ['b', 'web-a']",
		"pods.filter(p, terminating(p)).map(p, p.metadata.name) == ['c']",
		"restarts(pods[0]) == 2",
		"owner(pods[3]) == 'ReplicaSet/web-5d4' && owner(pods[0]) == ''",
		"deployments[0].status.?readyReplicas.orValue(0) == 2 && deployments[0].status.?unavailableReplicas.orValue(0) == 0",
		"deployments[0].kind == 'Deployment' && deployments[0].apiVersion == 'apps/v1'",
		"has(deployments[0].spec.replicas) && !has(deployments[0].spec.paused)",
		"size(start.pods) == 1 && start.pods[0].metadata.uid == pods[0].metadata.uid && size(start.deployments) == 0",
		"commands.exists(c, c.verb == 'logs' && c.exit == 0 && 'nginx' in c.args && c.output.contains('GET'))",
		"commands[1].line == 'help' && commands[1].verb == 'help' && commands[1].exit == 1 && size(commands[1].args) == 0",
		"load.total == 10 && load.failed == 3 && load.downtime > 1 && load.recovered && '6.9.0' in load.versions && load.pods['a'] == 7",
		"timeline.leastReady == 1 && timeline.mostPods == 5 && timeline.mostStaying == 4 && timeline.seconds == 2.5",
		"timeline.created[0].metadata.name == 'b' && !ready(timeline.created[0]) && timeline.deleted.all(o, o.kind == 'Pod')",
		"answer == 'five'",
		"pods.map(p, p.metadata.name).distinct().size() == 4 && quantity('1Gi').isGreaterThan(quantity('1M'))",
		"size(endpoints) == size(endpointslices) && size(configmaps) + size(events) + size(jobs) + size(cronjobs) + size(statefulsets) + size(daemonsets) == 0",
		"'%.1f s'.format([load.downtime]) == '1.5 s'",
		"pods[0] == start.pods[0]",
	} {
		e, err := compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if met, err := e.truth(newScope(everything(t), newObjects())); !met {
			t.Errorf("%s is %v, %v", source, met, err)
		}
	}
}

func TestAnExpressionThatFailsIsNotMetAndSaysWhy(t *testing.T) {
	for _, test := range []struct{ goal, en string }{
		{"cel: pods[9].metadata.name == 'x'", "can't be judged yet: index out of bounds: 9"},
		{"cel: deployments[0].status.readyReplica == 4", "can't be judged yet: no such key: readyReplica"},
		{"cel: ready(deployments[0])", "can't be judged yet: this is no pod"},
		{"cel: pods[0].metadata.name", "can't be judged yet: it gives string, not bool"},
		{"cel: pods.map(a, pods.map(b, pods.map(c, pods.map(d, pods.map(e, pods.map(f, pods.map(g, pods.map(h, pods.map(i, pods.map(j, pods.map(k, pods.map(l, 1)))))))))))).size() > 0",
			"can't be judged yet: operation cancelled: actual cost limit exceeded"},
		{"always: deployments[0].status.readyReplica == 4", "can't be judged yet: no such key: readyReplica"},
	} {
		verdict := goal(t, "id: g\n"+test.goal).Check(everything(t))
		if said := i18n.English.Say(verdict.Seen); verdict.Met || verdict.Broken || said != test.en {
			t.Errorf("%s: %+v %q", test.goal, verdict, said)
		}
	}
}

func TestAComparisonSaysByItselfHowFarItIs(t *testing.T) {
	for _, test := range []struct{ cel, en string }{
		{"size(pods) == 6", "4 of 6"},
		{"pods.filter(p, ready(p)).size() >= 3", "1 of 3"},
		{"size(pods) == 2", "4 instead of 2"},
		{"deployments[0].status.readyReplicas == 4", "2 of 4"},
		{"size(pods) == size(nodes)", "not yet"},
		{"pods.all(p, ready(p))", "not yet"},
		{"load.downtime == 0.0", "not yet"},
		{"pods[0].metadata.name == 'b'", "not yet"},
		{"commands.filter(c, c.verb == 'logs').size() >= 2", "1 of 2"},
	} {
		verdict := goal(t, "id: g\ncel: \""+test.cel+"\"").Check(everything(t))
		if said := i18n.English.Say(verdict.Seen); said != test.en || verdict.Met {
			t.Errorf("%s: met %v, %q", test.cel, verdict.Met, said)
		}
	}
}

func TestSeenIsShownBesideAGoal(t *testing.T) {
	for _, test := range []struct{ seen, want string }{
		{"string(size(pods)) + ' / 6'", "4 / 6"},
		{"size(pods)", "4"},
		{"load.downtime", "1.5"},
		{"load.total > 5", "true"},
		{"pods.map(p, p.metadata.name)", "a, b, c, web-a"},
		{"pods[0].spec", "map"},
		{"pods[9].spec", "not yet"},
	} {
		verdict := goal(t, "id: g\ncel: 'false'\nseen: \""+test.seen+"\"").Check(everything(t))
		said := i18n.English.Say(verdict.Seen)
		if test.want == "map" {
			if len(said) == 0 {
				t.Error("a mapping is shown as nothing")
			}
		} else if said != test.want {
			t.Errorf("%s shows %q, want %q", test.seen, said, test.want)
		}
	}
}

func TestHintsAreFilledInFromWhatIsSeen(t *testing.T) {
	hint, err := parseTemplate("There are {{ size(pods) }} pods, the last on {{pods[9].spec.nodeName}}.", compile)
	if err != nil {
		t.Fatal(err)
	}
	text, err := hint.render(newScope(everything(t), newObjects()))
	if text != "There are 4 pods, the last on ?." || err == nil {
		t.Errorf("%q, %v", text, err)
	}
}
