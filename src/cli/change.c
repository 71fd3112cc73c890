#include "cli/change.h"

#include "conf/conf.h"
#include "model/near.h"
#include "words/words.h"
#include "impact/write.h"

#include <stdlib.h>

enum { BESIDE_MAX = 20 }; /* of what is no service, for people */

/* The parts of one change after its '='. */
enum part {
	PART_ASSET,
	PART_THREAT,
	PART_DEGREE,
	PART_RELATION,
	PART_OTHER,
	PART_BUFFER,
	PART_LEFT,
	PART_N
};

static const char *const part_names[PART_N] = {
	"asset", "threat", "degree", "relation", "asset", "kind of buffer", "length of time"};

static const struct form {
	const char *word, *how;
	enum ward_change_kind kind;
	size_t n;
	enum part part[3];
} forms[] = {
	{"down", "down=ASSET", WARD_CHANGE_THREAT, 1, {PART_ASSET}},
	{"threat", "threat=ASSET:CODE", WARD_CHANGE_THREAT, 2, {PART_ASSET, PART_THREAT}},
	{"repaired", "repaired=ASSET", WARD_CHANGE_REPAIRED, 1, {PART_ASSET}},
	{"isolated", "isolated=ASSET", WARD_CHANGE_ISOLATED, 1, {PART_ASSET}},
	{"failed-over", "failed-over=ASSET", WARD_CHANGE_FAILED_OVER, 1, {PART_ASSET}},
	{"protected", "protected=ASSET:CODE:DEGREE", WARD_CHANGE_PROTECTED, 3,
		{PART_ASSET, PART_THREAT, PART_DEGREE}},
	{"unprotected", "unprotected=ASSET:CODE", WARD_CHANGE_PROTECTED, 2,
		{PART_ASSET, PART_THREAT}},
	{"cut", "cut=FROM:RELATION:TO", WARD_CHANGE_CUT, 3,
		{PART_ASSET, PART_RELATION, PART_OTHER}},
	{"buffer", "buffer=ASSET:KIND:LEFT", WARD_CHANGE_BUFFER, 3,
		{PART_ASSET, PART_BUFFER, PART_LEFT}},
};

static int wrong(const struct ward_cmd *cmd, struct ward_str text, enum part part,
	struct ward_str s, struct ward_str best)
{
	static const char *const mend[PART_N] = {[PART_DEGREE] = ": write 0 to 1, such as 0.9",
		[PART_RELATION] = (": write contains, leads_to, hosts, controls, powers, cools, "
				   "supplies, connects, requires or monitors"),
		[PART_BUFFER] = ": write ups, fuel, tank, thermal or paper",
		[PART_LEFT] = ": write 5min, 2h, or 0s when it is spent"};

	if (best.len)
		return ward_cli_usage(cmd,
			"--with %.*s: there is no %s '%.*s'; did you mean '%.*s'?",
			WARD_STR_ARG(text), part_names[part], WARD_STR_ARG(s), WARD_STR_ARG(best));
	return ward_cli_usage(cmd, "--with %.*s: '%.*s' is no %s%s", WARD_STR_ARG(text),
		WARD_STR_ARG(s), part_names[part], mend[part] ? mend[part] : "");
}

static struct ward_str near_asset(const struct ward_model *m, struct ward_str s)
{
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(s, &budget);

	for (uint32_t k = 0; k < ward_model_n(m); k++)
		ward_near_offer(&near, ward_model_node(m, k)->id);
	return near.best;
}

static struct ward_str near_threat(const struct ward_model *m, struct ward_str s)
{
	const struct ward_threats *t = ward_model_threats(m);
	size_t budget = SIZE_MAX;
	struct ward_near near = ward_near_start(s, &budget);

	for (uint32_t k = 0; k < ward_threats_n(t); k++)
		ward_near_offer(&near, ward_threats_at(t, k)->code);
	return near.best;
}

/* One part into the change; false when it is none, *best is then the nearest. */
static bool take(const struct ward_model *m, enum part part, struct ward_str s,
	struct ward_change *c, struct ward_str *best)
{
	switch (part) {
	case PART_ASSET:
	case PART_OTHER: {
		uint32_t node = ward_model_find(m, s);

		*(part == PART_ASSET ? &c->asset : &c->other) = node;
		if (node == WARD_NONE)
			*best = near_asset(m, s);
		return node != WARD_NONE;
	}
	case PART_THREAT:
		c->threat = ward_threats_find(ward_model_threats(m), s);
		if (c->threat == WARD_NONE)
			*best = near_threat(m, s);
		return c->threat != WARD_NONE;
	case PART_DEGREE:
		return ward_degree_parse(s, &c->lo_micro);
	case PART_RELATION:
		c->rel = ward_rel_parse(s);
		return c->rel != WARD_REL_N;
	case PART_BUFFER:
		c->buffer = s;
		return s.len > 0;
	case PART_LEFT:
		return ward_duration_parse(s, &c->at) == WARD_OK && c->at >= 0;
	case PART_N:
		break;
	}
	return false;
}

static bool is_related(const struct ward_model *m, const struct ward_change *c)
{
	size_t n;
	const struct ward_rel *r = ward_model_out(m, c->asset, &n);

	for (size_t i = 0; i < n; i++)
		if (r[i].type == c->rel && r[i].node == c->other)
			return true;
	return false;
}

static bool has_buffer(const struct ward_model *m, const struct ward_change *c)
{
	size_t n;

	(void)ward_model_buffers(m, c->asset, &n);
	return n > 0;
}

int ward_cli_change(const struct ward_cmd *cmd, const struct ward_model *m, struct ward_str text,
	ward_ns at, struct ward_change *ret)
{
	struct ward_str rest = text, word = ward_str_cut(&rest, '='), s, best = {0};
	const struct form *f = NULL;

	for (size_t i = 0; i < WARD_ARRAY_LEN(forms); i++)
		if (ward_str_eqz(word, forms[i].word))
			f = &forms[i];
	if (!f || !rest.p)
		return ward_cli_usage(cmd,
			"--with %.*s is no change; write down=, threat=, repaired=, isolated=, "
			"failed-over=, protected=, unprotected=, cut= or buffer=",
			WARD_STR_ARG(text));
	struct ward_change c = {.kind = f->kind, .at = at, .threat = WARD_NONE};

	if (f->kind == WARD_CHANGE_THREAT) {
		c.threat = ward_threats_find(ward_model_threats(m), WARD_STR("outage"));
		c.lo_micro = c.hi_micro = 1000000;
		if (f->n == 1 && c.threat == WARD_NONE)
			return ward_cli_usage(cmd, "--with %.*s: the content has no threat outage",
				WARD_STR_ARG(text));
	}
	for (size_t i = 0; i < f->n; i++) {
		s = i + 1 < f->n ? ward_str_cut(&rest, ':') : rest;
		if (i + 1 < f->n && !rest.p)
			return ward_cli_usage(
				cmd, "--with %.*s: write %s", WARD_STR_ARG(text), f->how);
		if (!take(m, f->part[i], s, &c, &best))
			return wrong(cmd, text, f->part[i], s, best);
	}
	if (c.kind == WARD_CHANGE_CUT && c.rel != WARD_REL_REQUIRES && !is_related(m, &c))
		return ward_cli_usage(cmd,
			"--with %.*s: the hospital has no such relation; the other way round?",
			WARD_STR_ARG(text));
	if (c.kind == WARD_CHANGE_BUFFER && !has_buffer(m, &c))
		return ward_cli_usage(cmd,
			"--with %.*s: the hospital says of no buffer on it: add it to `buffers`",
			WARD_STR_ARG(text));
	*ret = c;
	return WARD_EXIT_DONE;
}

static void write_state(struct ward_json *j, const char *key, const struct ward_impact *it)
{
	ward_json_key(j, key);
	if (!it) {
		ward_json_null(j);
		return;
	}
	ward_json_obj(j);
	ward_json_key(j, "earliest");
	ward_json_time(j, it->earliest);
	ward_json_key(j, "expected");
	ward_json_time(j, it->expected);
	ward_json_key(j, "likelihood");
	ward_json_arr(j);
	ward_json_micro(j, it->lo_micro);
	ward_json_micro(j, it->hi_micro);
	ward_json_arr_end(j);
	ward_json_key(j, "likelihood_by");
	ward_json_z(j, ward_likelihood_by_name(it->by));
	ward_json_obj_end(j);
}

/* it: the one of a (before) and b (after) that is there. */
static void difference_json(const struct ward_impact *it, const struct ward_impact *a,
	const struct ward_impact *b, ward_ns over, const struct ward_cli_tell *t)
{
	const struct ward_node *n = ward_model_node(t->m, it->asset);
	struct ward_json j = ward_json_on(t->w);

	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "difference");
	ward_json_key(&j, "asset");
	ward_json_str(&j, n->id);
	ward_json_key(&j, "threat");
	ward_json_str(&j, ward_threats_at(ward_model_threats(t->m), it->threat)->code);
	ward_json_key(&j, "service");
	ward_json_bool(&j, n->kind == WARD_NODE_SERVICE);
	write_state(&j, "before", a);
	write_state(&j, "after", b);
	if (a && b) {
		ward_json_key(&j, "later_s");
		ward_json_i64(&j, (b->expected - a->expected) / WARD_NS_PER_S);
	}
	if (over != WARD_NS_NEVER) {
		ward_json_key(&j, "over");
		ward_json_time(&j, over);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(t->w, '\n');
}

/* How a state that is in both forecasts is otherwise. */
static const char *moved(ward_ns later, bool likelihood)
{
	if (!later)
		return likelihood
			       ? WARD_TEXT(
					 "{name}: {what}, likelihood {before} before, {after} now")
			       : WARD_TEXT("{name}: {what}, otherwise at the soonest");
	if (likelihood)
		return later < 0 ? WARD_TEXT("{name}: {what}, {span} sooner, likelihood {before} "
					     "before, {after} now")
				 : WARD_TEXT("{name}: {what}, {span} later, likelihood {before} "
					     "before, {after} now");
	return later < 0 ? WARD_TEXT("{name}: {what}, {span} sooner")
			 : WARD_TEXT("{name}: {what}, {span} later");
}

static const char *difference(
	const struct ward_impact *a, const struct ward_impact *b, ward_ns over)
{
	if (!b)
		return WARD_TEXT("{name}: {what}, no longer; likelihood before {before}");
	if (over != WARD_NS_NEVER)
		return WARD_TEXT("{name}: {what}, over after {over}, likelihood {after}");
	if (!a)
		return WARD_TEXT("{name}: {what}, new, likelihood {after}");
	return moved(b->expected - a->expected,
		a->lo_micro != b->lo_micro || a->hi_micro != b->hi_micro);
}

static void difference_text(const struct ward_impact *it, const struct ward_impact *a,
	const struct ward_impact *b, ward_ns over, const struct ward_cli_tell *t)
{
	ward_ns later = a && b ? b->expected - a->expected : 0;
	char text[4][64];
	struct ward_wr before = ward_wr_fixed(text[0], sizeof(text[0]));
	struct ward_wr after = ward_wr_fixed(text[1], sizeof(text[1]));
	struct ward_wr span = ward_wr_fixed(text[2], sizeof(text[2]));
	struct ward_wr lasts = ward_wr_fixed(text[3], sizeof(text[3]));

	if (a)
		ward_impact_write_likelihood(&before, a, t->lang);
	if (b)
		ward_impact_write_likelihood(&after, b, t->lang);
	if (b && over != WARD_NS_NEVER)
		ward_impact_write_span(&lasts, over - b->expected, t->lang);
	ward_impact_write_span(&span, later < 0 ? -later : later, t->lang);
	ward_wr_z(t->w, "  ");
	WARD_SAY(t->w, t->lang, difference(a, b, over),
		{"name", ward_model_node(t->m, it->asset)->name},
		{"what", ward_lang_text(t->lang,
				 ward_threats_at(ward_model_threats(t->m), it->threat)->name)},
		{"span", ward_wr_text(&span)}, {"before", ward_wr_text(&before)},
		{"after", ward_wr_text(&after)}, {"over", ward_wr_text(&lasts)});
	ward_wr_ch(t->w, '\n');
}

static bool equal(const struct ward_impact *a, const struct ward_impact *b)
{
	return a->earliest == b->earliest && a->expected == b->expected &&
	       a->lo_micro == b->lo_micro && a->hi_micro == b->hi_micro;
}

static void put_line(const struct ward_cli_tell *t, const char *before, const char *english)
{
	ward_wr_z(t->w, before);
	ward_say(t->w, t->lang, english);
	ward_wr_ch(t->w, '\n');
}

/* What one walk over both forecasts has told. */
struct told {
	const struct ward_cli_tell *t;
	size_t all, services, left;
};

static void tell(struct told *x, const struct ward_impact *a, const struct ward_impact *b,
	ward_ns over, bool service)
{
	x->services += service;
	if (!x->t->json && !service && x->all - x->services >= BESIDE_MAX) {
		x->left++;
		return;
	}
	x->all++;
	(x->t->json ? difference_json : difference_text)(a ? a : b, a, b, over, x->t);
}

static int order(const struct ward_impact *a, const struct ward_impact *b)
{
	if (!a || !b)
		return a ? -1 : 1;
	if (a->asset != b->asset)
		return a->asset < b->asset ? -1 : 1;
	return (a->threat > b->threat) - (a->threat < b->threat);
}

static void walk(const struct ward_forecast *before, const struct ward_course_whole *with,
	bool services, struct told *x)
{
	const struct ward_forecast *after = &with->is;

	for (size_t i = 0, k = 0; i < before->n || k < after->n;) {
		const struct ward_impact *a = i < before->n ? &before->item[i] : NULL;
		const struct ward_impact *b = k < after->n ? &after->item[k] : NULL;
		int c = order(a, b);
		ward_ns over = c >= 0 ? with->over[k] : WARD_NS_NEVER;
		uint32_t asset = c <= 0 ? a->asset : b->asset;
		bool service = ward_model_node(x->t->m, asset)->kind == WARD_NODE_SERVICE;

		i += c <= 0;
		k += c >= 0;
		if (service == services && (c || over != WARD_NS_NEVER || !equal(a, b)))
			tell(x, c <= 0 ? a : NULL, c >= 0 ? b : NULL, over, service);
	}
}

enum ward_err ward_cli_difference(const struct ward_course *before, const struct ward_course *with,
	const struct ward_cli_tell *t)
{
	struct ward_course_whole whole;
	struct told x = {.t = t};
	enum ward_err err = ward_course_whole(with, &whole);

	if (err)
		return err;
	if (!t->json)
		put_line(t, "\n",
			WARD_TEXT("Otherwise than without these changes, services first:"));
	walk(&before->part[0], &whole, true, &x);
	walk(&before->part[0], &whole, false, &x);
	ward_course_whole_fini(&whole);
	if (!t->json && !x.all)
		put_line(t, "  ", WARD_TEXT("nothing"));
	if (x.left) {
		char text[24];
		struct ward_wr n = ward_wr_fixed(text, sizeof(text));

		ward_wr_u64(&n, x.left);
		ward_wr_z(t->w, "  ");
		WARD_SAY(t->w, t->lang,
			WARD_TEXT("and {n} more that are no services; --json lists all"),
			{"n", ward_wr_text(&n)});
		ward_wr_ch(t->w, '\n');
	}
	return WARD_OK;
}
