# Lengths of functions (70), files (600, a warning; 800, an error) and headers (250); depends on the
# layout that clang-format makes: a function's braces stand alone in column 1. Tables are exempt.
FNR == 1 { finish(); file = FILENAME; previous = ""; start = 0 }
/^{/ && previous !~ /[=;]$/ { start = FNR; head = previous }
/^}/ && start {
	if (head ~ /\)$/ && FNR - start + 1 > 72) {
		printf "%s:%d: function of %d lines, 70 at most\n", file, start, FNR - start - 1
		bad = 1
	}
	start = 0
}
{ previous = $0; lines = FNR }
function finish(    max, hard) {
	max = file ~ /\.h$/ ? 250 : 600
	hard = file ~ /\.h$/ ? 250 : 800
	if (file == "" || lines <= max || file in exempt)
		return
	printf "%s%s: %d lines, %d at most\n", (lines > hard ? "" : "warning: "), file, lines, max
	bad = bad || lines > hard
}
BEGIN {
	while ((getline line < "tools/size-exempt") > 0)
		if (line !~ /^#/ && split(line, w, " ") > 1)
			exempt[w[1]] = 1
}
END { finish(); exit bad }
