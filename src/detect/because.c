/* Why a detection was raised, on a line for people. */
#include "detect/detection.h"

#include <inttypes.h>

/* In bytes. What is longer is cut at a character, and the mark says so. */
enum {
	NAME_MAX = 48,
	FIELD_MAX = 48,
	VALUE_MAX = 80,
	ASKED_MAX = 80,
	TITLE_MAX = 40,
	PART_MAX = 3
};

static void put_cut(struct ward_wr *w, struct ward_str s, size_t max)
{
	size_t n = max;

	if (s.len > max) {
		while (n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
			n--;
		s.len = n;
		ward_wr_str(w, s);
		ward_wr_z(w, "…");
		return;
	}
	ward_wr_str(w, s);
}

static void put_quoted(struct ward_wr *w, const struct ward_match *m)
{
	ward_wr_ch(w, '"');
	put_cut(w, m->value, VALUE_MAX);
	/* The mark also where the value was cut before. */
	if (m->value_bytes && m->value.len <= VALUE_MAX)
		ward_wr_z(w, "…");
	ward_wr_ch(w, '"');
}

/* Is what was asked for just the value? */
static bool is_said(const struct ward_match *m)
{
	const struct ward_str is = WARD_STR("is \"");
	size_t len = m->value.len;

	return !m->value_bytes && m->asked.len == is.len + len + 1 &&
	       ward_str_starts(m->asked, is) &&
	       ward_str_eq(ward_str_sub(m->asked, is.len, len), m->value);
}

void ward_match_write_text(const struct ward_match *m, struct ward_wr *w)
{
	put_cut(w, m->selection, NAME_MAX);
	ward_wr_z(w, m->selection.len ? ": " : "");
	put_cut(w, m->field, FIELD_MAX);
	ward_wr_z(w, " = ");
	if (m->value.p)
		put_quoted(w, m);
	else
		ward_wr_z(w, "null");
	if (!m->asked.len || is_said(m))
		return;
	ward_wr_z(w, " (");
	put_cut(w, m->asked, ASKED_MAX);
	ward_wr_ch(w, ')');
}

/* The largest unit that divides it: "5m". */
static void put_span(struct ward_wr *w, ward_ns span)
{
	static const struct {
		ward_ns ns;
		const char *unit;
	} unit[] = {{86400 * WARD_NS_PER_S, "d"}, {3600 * WARD_NS_PER_S, "h"},
		{60 * WARD_NS_PER_S, "m"}, {WARD_NS_PER_S, "s"}};
	size_t i = 0;

	while (i + 1 < WARD_ARRAY_LEN(unit) && span % unit[i].ns)
		i++;
	ward_wr_i64(w, span / unit[i].ns);
	ward_wr_z(w, unit[i].unit);
}

/* `event_count = 12 (gte 10) within 5m` */
static void put_measure(const struct ward_measure *m, struct ward_wr *w)
{
	put_cut(w, m->what, NAME_MAX);
	ward_wr_z(w, " = ");
	put_cut(w, m->value, VALUE_MAX);
	if (m->asked.len || m->usual.len)
		ward_wr_z(w, m->asked.len ? " (" : " (usual: ");
	put_cut(w, m->asked.len ? m->asked : m->usual, ASKED_MAX);
	if (m->asked.len || m->usual.len)
		ward_wr_ch(w, ')');
	if (m->within) {
		ward_wr_z(w, " within ");
		put_span(w, m->within);
	}
}

/* `“Door forced”, “New device” × 3` */
static void put_parts(const struct ward_detection *d, struct ward_wr *w)
{
	for (size_t i = 0; i < d->n_part && i < PART_MAX; i++) {
		ward_wr_z(w, i ? ", “" : "“");
		put_cut(w, d->part[i].title, TITLE_MAX);
		ward_wr_z(w, "”");
		if (d->part[i].n != 1)
			ward_wr_printf(w, " × %" PRIu64, d->part[i].n);
	}
	if (d->n_part > PART_MAX)
		ward_wr_z(w, ", …");
}

/* A correlation that waits for its rules is said by these: `“Door forced”, “New device” within 1h`.
 */
static bool waits(const struct ward_measure *m)
{
	return ward_str_starts(m->what, WARD_STR("temporal"));
}

/* The next clause, if it fits behind those that are there; the first one fits when it is cut. */
static bool add(struct ward_wr *line, const struct ward_wr *clause, size_t max)
{
	struct ward_str s = ward_wr_text(clause);

	if (ward_wr_bad(clause) || (line->len && line->len + s.len + 2 > max))
		return false;
	ward_wr_z(line, line->len ? "; " : "");
	put_cut(line, s, s.len > max ? max - sizeof("…") : s.len);
	return true;
}

struct ward_str ward_detection_explanation(const struct ward_detection *d)
{
	bool has = d->n_match && ward_str_eqz(d->match[0].field, WARD_DETECTION_EXPLANATION);

	return has ? d->match[0].value : WARD_STR("");
}

size_t ward_detection_because(const struct ward_detection *d, size_t max, struct ward_wr *w)
{
	char line[WARD_DETECTION_BECAUSE_MAX], clause[2 * WARD_DETECTION_BECAUSE_MAX];
	struct ward_wr l = ward_wr_fixed(line, sizeof(line));
	struct ward_wr c = ward_wr_fixed(clause, sizeof(clause));
	WARD_ASSERT(max > sizeof("…") && max <= WARD_DETECTION_BECAUSE_MAX);
	size_t all = d->n_match_all > d->n_match ? d->n_match_all : d->n_match, n;

	if (!d->n_part && ward_detection_explanation(d).len) {
		put_cut(&l, ward_detection_explanation(d), max - sizeof("…"));
		ward_wr_str(w, ward_wr_text(&l));
		return 0;
	}
	if (d->measure.what.len && !waits(&d->measure)) {
		put_measure(&d->measure, &c);
		(void)add(&l, &c, max);
	}
	if (d->n_part) {
		ward_wr_reset(&c);
		put_parts(d, &c);
		if (waits(&d->measure)) {
			ward_wr_z(&c, " within ");
			put_span(&c, d->measure.within);
		}
		(void)add(&l, &c, max);
	}
	/* What is beside what is usual says all by itself. */
	for (n = d->measure.usual.len ? all : 0; n < d->n_match; n++) {
		ward_wr_reset(&c);
		ward_match_write_text(&d->match[n], &c);
		if (!add(&l, &c, max))
			break;
	}
	ward_wr_str(w, ward_wr_text(&l));
	return all - n;
}
