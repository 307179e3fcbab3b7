# Medians of the benchmark's lines, as a table and as JSON (-v json=FILE).
#
#	scenario pair target key=value key=value ...

# What is shown of a scenario: key, unit, and how it is judged:
#	ratio	co2 / nginx
#	added	(co2 - direct) / (nginx - direct)
#	alone	the number itself
# with what it must reach, and should; a limit below zero is a least ratio.
BEGIN {
	show("life start us alone 15000 8000")
	show("life stop us alone 20000 5000")
	show("life idle_rss kB alone 10240 8192")
	show("life idle_pss kB alone")
	show("life binary_kb kB alone")
	show("req1 total_p50 us added 3 2")
	show("req1 cpu_per_answer us ratio")
	show("req16 rate 1/s ratio -0.45 -0.6")
	show("req16 cpu_per_answer us ratio 4.5 3")
	show("req16 total_p99 us ratio")
	show("paced event_p50 us added")
	show("s100 cpu_per_event us ratio 2.3 2.0")
	show("s100 event_p50 us added")
	show("s100 event_p99 us ratio")
	show("burst cpu_per_event us ratio 3 1.8")
	show("burst event_p50 us ratio")
	show("s1000 cpu_per_event us ratio")
	show("s1000 rss_per_stream kB alone 80 60")
	show("s1000 rss kB ratio")
	show("s1000 pss kB ratio")
	show("s4000 cpu_per_event us ratio")
	show("s4000 event_p50 us ratio")
	show("s4000 event_p99 us alone 20000")
	show("s4000 rss kB ratio")
	show("session inside_p50 us alone 6000 3000")
	show("session cpu_per_answer us ratio")
	show("image1m total_p50 us ratio")
	show("image1m cpu_per_answer us ratio")
	show("history1m total_p50 us ratio")
	show("history1m cpu_per_answer us ratio")
	show("image10m total_p50 us ratio 3 2")
	show("image10m cpu_per_answer us ratio 4 2.5")
	show("history10m total_p50 us ratio")
	show("history10m cpu_per_answer us ratio")
	show("tls200 first_p50 us alone 20000 8000")
	show("tls200 first_max us alone")
	show("tls total_p50 us alone")
	show("tls cpu_per_answer us alone")
	show("tls handshakes_per_1000 - alone 5 1")
	show("gone gone_p50 us alone 3000 1000")
	show("gone gone_max us alone")
}

function show(line) { shown[++shown_n] = line }

{
	if (!($2 in pair_known)) {
		pair_known[$2] = 1
		pairs[++pairs_n] = $2
	}
	if (!($3 in target_known)) {
		target_known[$3] = 1
		targets[++targets_n] = $3
	}
	for (i = 4; i <= NF; i++) {
		split($i, kv, "=")
		id = $1 SUBSEP $2 SUBSEP kv[1] SUBSEP $3
		value[id, ++count[id]] = kv[2] + 0
	}
}

# Sorts the numbers of one id.
function sort(id,    i, j, v)
{
	for (i = 2; i <= count[id]; i++) {
		v = value[id, i]
		for (j = i - 1; j > 0 && value[id, j] > v; j--)
			value[id, j + 1] = value[id, j]
		value[id, j + 1] = v
	}
}

function median(id,    n)
{
	n = count[id]
	sort(id)
	return n % 2 ? value[id, (n + 1) / 2] : \
	    (value[id, n / 2] + value[id, n / 2 + 1]) / 2
}

function number(x)
{
	return sprintf(x >= 1000 ? "%.0f" : x >= 100 ? "%.1f" : "%.2f", x)
}

function cell(at, target)
{
	return (at SUBSEP target) in count ? \
	    number(median(at SUBSEP target)) : "-"
}

# The number that is judged; -1 where there is nothing to divide by.
function judged(at, how,    ours, base, nothing)
{
	ours = median(at SUBSEP "co2")
	if (how == "alone")
		return ours
	if (!((at SUBSEP "nginx") in count))
		return -1
	base = median(at SUBSEP "nginx")
	nothing = how == "added" ? median(at SUBSEP "direct") : 0
	return base > nothing ? (ours - nothing) / (base - nothing) : -1
}

function verdict(x, must, aim)
{
	if (must == "" || x < 0)
		return ""
	if (must < 0)
		return x < -must ? "MISSED" : x >= -aim ? "aim" : "must"
	return x > must ? "MISSED" : aim != "" && x <= aim ? "aim" : "must"
}

END {
	printf "%-11s%-19s%-22s%-5s", "scenario", "pair", "number", "unit"
	for (t = 1; t <= targets_n; t++)
		printf "%10s", targets[t]
	printf "%9s\n", "judged"
	for (s = 1; s <= shown_n; s++) {
		n = split(shown[s], f, " ")
		for (p = 1; p <= pairs_n; p++) {
			at = f[1] SUBSEP pairs[p] SUBSEP f[2]
			if (!((at SUBSEP "co2") in count))
				continue
			printf "%-11s%-19s%-22s%-5s", f[1], pairs[p], f[2], f[3]
			for (t = 1; t <= targets_n; t++)
				printf "%10s", cell(at, targets[t])
			x = judged(at, f[4])
			printf "%9s  %s\n", f[4] == "alone" || x < 0 ? "" : \
			    sprintf("%.2fx", x), verdict(x, \
			    n > 4 ? f[5] + 0 : "", n > 5 ? f[6] + 0 : "")
		}
	}
	print "[" >json
	for (id in count) {
		split(id, f, SUBSEP)
		m = median(id)
		printf "%s{\"scenario\":\"%s\",\"pair\":\"%s\"," \
		    "\"number\":\"%s\",\"target\":\"%s\",\"median\":%s," \
		    "\"least\":%s,\"most\":%s,\"runs\":%d}", sep, f[1], f[2], \
		    f[3], f[4], m, value[id, 1], value[id, count[id]], \
		    count[id] >json
		sep = ",\n"
	}
	print "\n]" >json
}
