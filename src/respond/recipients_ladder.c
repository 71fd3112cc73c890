#include "respond/recipients_ladder.h"

#include "base/week.h"

static const ward_ns heartbeat_least = 30 * WARD_NS_PER_S, heartbeat_most = 3600 * WARD_NS_PER_S;
static const ward_ns acknowledge_least = 60 * WARD_NS_PER_S,
		     acknowledge_most = 24 * 3600 * WARD_NS_PER_S;

#define say(in, at, ...) \
	ward_diag_addf((in)->diag, WARD_DIAG_ERROR, (at)->file, (at)->line, __VA_ARGS__)

static enum ward_err take_next(const struct ward_recipients_in *in, struct ward_arena *arena,
	const struct ward_conf *w, struct ward_recipient *p)
{
	if (w->kind != WARD_CONF_SCALAR || !w->text.len) {
		say(in, w,
			WARD_TEXT("'then' holds something that is no word\nwrite then: [ID, ID]"));
		return WARD_OK;
	}
	if (p->n_then == WARD_RECIPIENTS_MAX) {
		say(in, w, WARD_TEXT("'then' names more than %d recipients\nname fewer"),
			WARD_RECIPIENTS_MAX);
		return WARD_OK;
	}
	p->then[p->n_then] = ward_arena_str(arena, w->text);
	return p->then[p->n_then++].p ? WARD_OK : WARD_ERR_NOMEM;
}

/* "mon 09:00" */
static void read_test(
	const struct ward_recipients_in *in, const struct ward_conf *c, struct ward_recipient *p)
{
	const struct ward_conf *w = ward_conf_get(c, "test");
	struct ward_str rest = WARD_STR("");
	uint32_t minute;

	if (!w || !ward_conf_str(c, "test", false, in->diag, &rest))
		return;
	unsigned day = ward_week_day(ward_str_cut(&rest, ' '));

	if (day < WARD_WEEK_DAYS && ward_week_clock(rest, &minute) && minute < WARD_DAY_MINUTES)
		p->test = day * WARD_DAY_MINUTES + minute + 1;
	else
		say(in, w, WARD_TEXT("'test' is no hour of the week\nwrite such as mon 09:00"));
}

static void read_heartbeat(
	const struct ward_recipients_in *in, const struct ward_conf *c, struct ward_recipient *p)
{
	(void)ward_conf_duration(c, "heartbeat", false, in->diag, &p->heartbeat);
	if (p->heartbeat && (p->heartbeat < heartbeat_least || p->heartbeat > heartbeat_most))
		say(in, ward_conf_get(c, "heartbeat"),
			WARD_TEXT("'heartbeat' is no use so often, or so seldom\nwrite 30s to 1h, "
				  "such as 5m"));
}

enum ward_err ward_recipients_ladder_read(const struct ward_recipients_in *in,
	struct ward_arena *arena, const struct ward_conf *c, struct ward_recipient *p)
{
	const struct ward_conf *within = ward_conf_get(c, "acknowledge"),
			       *then = ward_conf_get(c, "then");
	enum ward_err err = WARD_OK;
	bool taken = true;

	(void)ward_conf_bool(c, "taken", false, in->diag, &taken);
	p->untaken = !taken;
	if (p->untaken && within)
		say(in, within,
			WARD_TEXT(
				"who is asked to acknowledge is told when somebody else did\nleave "
				"out 'taken: false'"));
	(void)ward_conf_duration(c, "acknowledge", false, in->diag, &p->acknowledge);
	read_test(in, c, p);
	read_heartbeat(in, c, p);
	if (within && p->acknowledge &&
		(p->acknowledge < acknowledge_least || p->acknowledge > acknowledge_most))
		say(in, within,
			WARD_TEXT("nobody can acknowledge in such a time\nwrite 1m to 24h, such as "
				  "5m"));
	if (within && p->bookmarks)
		say(in, within,
			WARD_TEXT("a video management system acknowledges nothing\nask whoever "
				  "looks after it"));
	if (then && !within)
		say(in, then,
			WARD_TEXT("'then' without 'acknowledge': nobody knows when the next one is "
				  "told\nadd `acknowledge: 5m`"));
	if (then && then->kind == WARD_CONF_SEQ && !then->n_child)
		say(in, then, WARD_TEXT("'then' is empty\nleave it out, and nobody follows"));
	if (!then || then->kind != WARD_CONF_SEQ)
		return then ? take_next(in, arena, then, p) : WARD_OK;
	for (const struct ward_conf *w = then->child; w && !err; w = w->next)
		err = take_next(in, arena, w, p);
	return err;
}

static size_t find(const struct ward_recipients *r, struct ward_str id)
{
	size_t i = 0;

	while (i < r->n && !ward_str_eq(r->r[i].id, id))
		i++;
	return i;
}

static void follow(const struct ward_recipients_in *in, struct ward_str file,
	struct ward_recipients *r, size_t i, struct ward_str id)
{
	struct ward_recipient *p = &r->r[i];
	size_t k = find(r, id);
	const char *why = NULL;

	if (k == r->n)
		why = WARD_TEXT(
			"is no recipient\nname the id of one, which stands in the same file");
	else if (r->r[k].exercise != p->exercise)
		why = WARD_TEXT("is told of exercises or of what is real, and this one is not\nlet "
				"recipients with the same `exercise` follow each other");
	else if (r->r[k].bookmarks)
		why = WARD_TEXT("is a video management system, which answers nobody\nname somebody "
				"who reads messages");
	if (!why) {
		r->r[k].after |= 1u << i;
		return;
	}
	struct ward_str mend = ward_str_z(why), what = ward_str_cut(&mend, '\n');

	ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
		WARD_TEXT("recipient '%.*s': 'then' names '%.*s', which %.*s\n%.*s"),
		WARD_STR_ARG(p->id), WARD_STR_ARG(id), WARD_STR_ARG(what), WARD_STR_ARG(mend));
}

/* Whoever is before k, or before those. */
static uint32_t all_before(const struct ward_recipients *r, size_t k)
{
	uint32_t before = r->r[k].after, was = 0;

	while (before != was) {
		was = before;
		for (size_t i = 0; i < r->n; i++)
			before |= was >> i & 1 ? r->r[i].after : 0;
	}
	return before;
}

void ward_recipients_ladder_check(
	const struct ward_recipients_in *in, struct ward_str file, struct ward_recipients *r)
{
	_Static_assert(WARD_RECIPIENTS_MAX <= 32, "a mask has a bit for each");
	for (size_t i = 0; i < r->n; i++)
		for (size_t n = 0; n < r->r[i].n_then; n++)
			follow(in, file, r, i, r->r[i].then[n]);
	for (size_t k = 0; k < r->n; k++) {
		const struct ward_recipient *p = &r->r[k];

		if (all_before(r, k) >> k & 1)
			ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
				WARD_TEXT("recipient '%.*s' follows itself: nobody would be told "
					  "first\ntake it out of a 'then'"),
				WARD_STR_ARG(p->id));
		else if (p->after && p->bounded)
			ward_diag_addf(in->diag, WARD_DIAG_ERROR, file, p->line,
				WARD_TEXT(
					"recipient '%.*s' follows others, and is told of whatever "
					"they do not acknowledge\nleave out `level`, `kinds`, "
					"`places`, `threats` and `services`; they stand where the "
					"ladder begins"),
				WARD_STR_ARG(p->id));
	}
}
