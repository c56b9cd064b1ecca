package lessons

// reopened puts the questions back that a learner had answered before podium
// was closed: those whose answer is known, and those that a step still ahead
// reveals, which are answered by what happens from now on.
func (s Session) reopened(kept map[string]PredictionRecord) Session {
	for i, step := range s.lesson.Steps[:min(s.at+1, len(s.lesson.Steps))] {
		p, ok := kept[step.ID]
		if !ok || step.Kind != Predict || step.Ask == nil {
			continue
		}
		if i == s.at {
			if answered, err := s.Answer(p.Said); err == nil {
				s = answered
			}
			continue
		}
		known := p.Answer != ""
		if !known && s.lesson.index(step.Ask.Reveal) < s.at {
			continue // it went by unanswered
		}
		s.questions = append(s.questions, question{step: i, span: s.span, Prediction: Prediction{
			StepID: step.ID, Reveal: step.Ask.Reveal, Form: step.Ask.Form, Said: p.Said, Answer: p.Answer, Known: known, Right: p.Right,
			Asked: s.last.Time, Answered: s.last.Time,
		}})
	}
	return s
}
