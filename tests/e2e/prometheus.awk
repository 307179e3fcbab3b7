# Is the input Prometheus text format 0.0.4, by its rules and by the habits of
# naming?  Prints what is wrong, line by line, and fails if anything is.

function wrong(text)
{
	printf "line %d: %s: %s\n", NR, text, $0
	bad = 1
}

# The family that a sample belongs to: histograms have three kinds of them.
function family(name,	base)
{
	base = name
	if (sub(/_(bucket|sum|count)$/, "", base) && type[base] == "histogram")
		return base
	return name
}

# One label after the other, the escaped characters in their values, too.
function check_labels(text, rest, label)
{
	rest = text
	while (rest != "") {
		if (!match(rest, /^[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*"(,|$)/)) {
			wrong("labels")
			return
		}
		label = substr(rest, 1, RLENGTH)
		rest = substr(rest, RLENGTH + 1)
		sub(/=.*/, "", label)
		if (label ~ /^__/)
			wrong("reserved label")
	}
}

# Buckets grow towards +Inf, which is the count.
function check_histogram(name, base, labels, value,	key, bound)
{
	key = labels
	sub(/,?le="[^"]*"/, "", key)
	key = base "{" key "}"
	if (name == base "_bucket") {
		bound = labels
		if (!sub(/.*le="/, "", bound))
			wrong("a bucket without le")
		sub(/".*/, "", bound)
		if (key in last && (value < last[key] || infinite[key]))
			wrong("buckets do not grow")
		if (key in edge && bound != "+Inf" && bound + 0 <= edge[key])
			wrong("bounds do not grow")
		last[key] = value
		edge[key] = bound + 0
		infinite[key] = bound == "+Inf"
	} else if (name == base "_count") {
		if (!infinite[key] || value != last[key])
			wrong("the count is not the last bucket")
	}
}

/^# HELP / {
	if ($3 in help)
		wrong("a second HELP")
	if (NF < 4)
		wrong("HELP without text")
	help[$3] = 1
	next
}

/^# TYPE / {
	if ($3 in type || !($3 in help))
		wrong("TYPE has to follow HELP, once")
	if ($4 !~ /^(counter|gauge|histogram)$/)
		wrong("type")
	if (($4 == "counter") != ($3 ~ /_total$/))
		wrong("counters, and they alone, end in _total")
	if ($3 !~ /^[a-z][a-z0-9_]*$/ || $3 ~ /(_ms|_milliseconds|_count|_sum|_bucket)(_total)?$/)
		wrong("name or unit")
	type[$3] = $4
	current = $3
	next
}

/^#/ || /^$/ || /\r/ {
	wrong("unexpected line")
	next
}

{
	name = $0
	sub(/[{ ].*/, "", name)
	base = family(name)
	labels = ""
	if (match($0, /\{.*\} /)) {
		labels = substr($0, RSTART + 1, RLENGTH - 3)
		check_labels(labels)
	}
	value = $NF
	if ($0 !~ /^[a-z][a-z0-9_]*(\{.*\})? [0-9]+(\.[0-9]+)?$/)
		wrong("no sample")
	if (base != current)
		wrong("a sample outside of its family")
	if ((name "{" labels) in seen)
		wrong("the same sample twice")
	seen[name "{" labels] = 1
	if (type[base] == "histogram")
		check_histogram(name, base, labels, value + 0)
	samples++
}

END {
	if (samples == 0) {
		print "no sample at all"
		bad = 1
	}
	exit bad
}
