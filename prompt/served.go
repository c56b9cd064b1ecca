package prompt

// served refuses what would open a port of the machine on which podium serves
// learners. The system refuses it too; this says why.
func (s Script) served(confined bool) error {
	if !confined {
		return nil
	}
	for _, c := range s.calls {
		if words[c.args[0]] != roleKubectl {
			continue
		}
		if does := verb(c.args[1:]); does == "port-forward" || does == "proxy" {
			return refuse("prompt.served", "Verb", does)
		}
	}
	return nil
}
