package prompt

import (
	"cmp"
	"context"
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// sortLimit bounds what sort holds in memory.
const sortLimit = 64 << 20

// order is how sort compares lines.
type order struct {
	reverse, numeric, unique, fold, version bool
	separator                               string
	from, to                                int
}

func sortOrder(args []string) (o order, files []string, err error) {
	human, key := false, ""
	files, err = parseFlags("sort", args, func(f *pflag.FlagSet) {
		f.BoolVarP(&o.reverse, "reverse", "r", false, "")
		f.BoolVarP(&o.numeric, "numeric-sort", "n", false, "")
		f.BoolVarP(&human, "human-numeric-sort", "h", false, "")
		f.BoolVarP(&o.version, "version-sort", "V", false, "")
		f.BoolVarP(&o.unique, "unique", "u", false, "")
		f.BoolVarP(&o.fold, "ignore-case", "f", false, "")
		f.StringVarP(&key, "key", "k", "", "")
		f.StringVarP(&o.separator, "field-separator", "t", "", "")
	})
	if err != nil {
		return o, nil, err
	}
	var suffix string
	o.from, o.to, suffix, err = sortKey(key)
	o.reverse = o.reverse || strings.Contains(suffix, "r")
	o.numeric = o.numeric || human || strings.Contains(suffix, "n")
	return o, files, err
}

func (o order) key(line string) string {
	line = column(line, o.separator, o.from, o.to)
	if o.fold {
		line = strings.ToLower(line)
	}
	return line
}

func (o order) compare(a, b string) int {
	x, y := o.key(a), o.key(b)
	switch {
	case o.numeric:
		return cmp.Compare(number(x), number(y))
	case o.version:
		return compareVersions(x, y)
	}
	return cmp.Compare(x, y)
}

func (s shell) sort(ctx context.Context, args []string, std stdio) error {
	o, files, err := sortOrder(args)
	if err != nil {
		return err
	}
	var lines []string
	size := 0
	err = s.lines(ctx, files, std, func(line string) bool {
		lines = append(lines, line)
		size += len(line)
		return size < sortLimit
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(lines, func(a, b string) int {
		result := o.compare(a, b)
		if result == 0 && !o.unique {
			result = cmp.Compare(a, b)
		}
		if o.reverse {
			return -result
		}
		return result
	})
	if o.unique {
		lines = slices.CompactFunc(lines, func(a, b string) bool { return o.compare(a, b) == 0 })
	}
	return writeAll(std, lines)
}

func writeAll(std stdio, lines []string) error {
	for _, line := range lines {
		if err := writeLine(std.out, line); err != nil {
			return err
		}
	}
	return nil
}

// sortKey reads -k: "2", "2,2" or "2nr". Without a key the whole line counts.
func sortKey(key string) (from, to int, suffix string, err error) {
	if key == "" {
		return 0, 0, "", nil
	}
	first, last, ranged := strings.Cut(key, ",")
	digits := strings.TrimRight(first, "nrfbhV")
	suffix = first[len(digits):]
	from, err = strconv.Atoi(digits)
	if err == nil && ranged {
		end := strings.TrimRight(last, "nrfbhV")
		suffix += last[len(end):]
		to, err = strconv.Atoi(end)
	}
	if err != nil || from < 1 {
		return 0, 0, "", refuse("prompt.filter-flag", "Word", "sort", "Reason", "-k "+printable(key))
	}
	return from, to, suffix, nil
}

// column returns fields from to to of a line, counted from one; to 0 is the
// line's end. Without a separator, fields are parted by blanks.
func column(line, separator string, from, to int) string {
	if from == 0 {
		return line
	}
	var parts []string
	if separator == "" {
		parts, separator = strings.Fields(line), " "
	} else {
		parts = strings.Split(line, separator)
	}
	if to == 0 || to > len(parts) {
		to = len(parts)
	}
	if from > to {
		return ""
	}
	return strings.Join(parts[from-1:to], separator)
}

var leadingNumber = regexp.MustCompile(`^\s*(-?[0-9]*\.?[0-9]+)(m|Ki|Mi|Gi|K|M|G)?`)

// number is the number a text begins with, Kubernetes' suffixes included; text
// without one counts as 0, as sort -n has it.
func number(text string) float64 {
	found := leadingNumber.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		return math.Inf(1)
	}
	scale := map[string]float64{"": 1, "m": 1e-3, "K": 1e3, "M": 1e6, "G": 1e9, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
	return value * scale[found[2]]
}

var digitRuns = regexp.MustCompile(`[0-9]+|[^0-9]+`)

// compareVersions compares runs of digits by value and the rest as text.
func compareVersions(a, b string) int {
	return slices.CompareFunc(digitRuns.FindAllString(a, -1), digitRuns.FindAllString(b, -1), func(x, y string) int {
		m, errX := strconv.ParseUint(x, 10, 64)
		n, errY := strconv.ParseUint(y, 10, 64)
		if errX == nil && errY == nil {
			return cmp.Compare(m, n)
		}
		return cmp.Compare(x, y)
	})
}

func (s shell) uniq(ctx context.Context, args []string, std stdio) error {
	var count, repeated bool
	files, err := parseFlags("uniq", args, func(f *pflag.FlagSet) {
		f.BoolVarP(&count, "count", "c", false, "")
		f.BoolVarP(&repeated, "repeated", "d", false, "")
	})
	if err != nil {
		return err
	}
	previous, times, failed := "", 0, error(nil)
	flush := func() bool {
		if times == 0 || repeated && times < 2 {
			return true
		}
		line := previous
		if count {
			line = pad(strconv.Itoa(times), 7) + " " + line
		}
		failed = writeLine(std.out, line)
		return failed == nil
	}
	err = s.lines(ctx, files, std, func(line string) bool {
		if times > 0 && line == previous {
			times++
			return true
		}
		on := flush()
		previous, times = line, 1
		return on
	})
	if err == nil && failed == nil {
		flush()
	}
	return errors.Join(err, failed)
}

func (s shell) cut(ctx context.Context, args []string, std stdio) error {
	list, delimiter, chars := "", "\t", ""
	files, err := parseFlags("cut", args, func(f *pflag.FlagSet) {
		f.StringVarP(&list, "fields", "f", "", "")
		f.StringVarP(&delimiter, "delimiter", "d", delimiter, "")
		f.StringVarP(&chars, "characters", "c", "", "")
	})
	if err != nil {
		return err
	}
	byChar := chars != ""
	if byChar {
		list, delimiter = chars, ""
	}
	picks, err := ranges(list)
	if err != nil {
		return err
	}
	var failed error
	err = s.lines(ctx, files, std, func(line string) bool {
		if !byChar && !strings.Contains(line, delimiter) {
			failed = writeLine(std.out, line)
			return failed == nil
		}
		var kept []string
		for i, part := range strings.Split(line, delimiter) {
			if slices.ContainsFunc(picks, func(r [2]int) bool { return i+1 >= r[0] && i+1 <= r[1] }) {
				kept = append(kept, part)
			}
		}
		failed = writeLine(std.out, strings.Join(kept, delimiter))
		return failed == nil
	})
	return errors.Join(err, failed)
}

// ranges reads cut's list: 1,3-5,7-.
func ranges(list string) ([][2]int, error) {
	var all [][2]int
	for part := range strings.SplitSeq(list, ",") {
		first, last, ranged := strings.Cut(part, "-")
		r := [2]int{1, math.MaxInt}
		var errs [2]error
		if first != "" {
			r[0], errs[0] = strconv.Atoi(first)
		}
		if !ranged {
			r[1] = r[0]
		} else if last != "" {
			r[1], errs[1] = strconv.Atoi(last)
		}
		if errors.Join(errs[:]...) != nil || part == "" || part == "-" {
			return nil, refuse("prompt.filter-flag", "Word", "cut", "Reason", printable(list))
		}
		all = append(all, r)
	}
	return all, nil
}
