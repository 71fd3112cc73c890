/* Rules over the past: what they would have raised, and per rule how often, when and where. */
#include "cli/hunt.h"
#include "cli/hunt_class.h"
#include "cli/said.h"
#include "detect/detect.h"
#include "story/text.h"

#include <stdlib.h>

enum {
	ALARMS_MAX = 1 << 22,
	DAYS_MAX = 1 << 22,
	PLACES_SHOWN = 5,
	COLUMNS = 60,
	FINDINGS_MAX = 20
};

static const ward_ns day = 24 * 3600 * WARD_NS_PER_S;

/* Of one rule; alarms are distinct ids, revisions of one count once. */
struct tally {
	struct ward_str id, title;
	enum ward_level level;
	uint64_t n_alarm, n_day;
	ward_ns first, last;
};

/* A key of the table of days and places: of which rule. Zeroed padding. */
struct day_key {
	uint64_t rule, what; /* day since 1970, or the node */
};

struct place {
	uint64_t rule, node, n;
};

struct ward_hunt_alarms {
	struct ward_ruleset *rs;
	struct ward_detector *det;
	struct ward_hunt_classes classes;
	struct ward_intern rules; /* rule id -> index in tally */
	struct ward_arena arena;
	struct tally *tally;
	size_t n, cap;
	struct ward_tab ids, days,
		places; /* struct ward_id; struct day_key; the same -> uint64_t */
	bool full;
	uint64_t n_alarm;
	bool over; /* the limit is reached */
};

static struct tally *tally_of(struct ward_hunt_alarms *a, const struct ward_detection *d)
{
	uint32_t i;

	if (ward_intern_put(&a->rules, d->rule, &i) != WARD_OK)
		return NULL;
	if (i < a->n)
		return &a->tally[i];
	if (ward_mem_more(ward_mem_heap(), (void *)&a->tally, a->n, &a->cap, sizeof(*a->tally),
		    ALARMS_MAX) != WARD_OK)
		return NULL;
	a->tally[a->n] = (struct tally){.id = ward_intern_at(&a->rules, i),
		.title = ward_arena_str(&a->arena, d->title),
		.level = d->level,
		.first = d->first,
		.last = d->last};
	return &a->tally[a->n++];
}

static void count(struct ward_hunt_alarms *a, const struct ward_detection *d)
{
	struct tally *t = tally_of(a, d);
	bool is_new = false;
	void *v;

	if (!t || ward_tab_put(&a->ids, &d->id, &v, &is_new) != WARD_OK) {
		a->full = true;
		return;
	}
	if (d->first < t->first)
		t->first = d->first;
	if (d->last > t->last)
		t->last = d->last;
	if (!is_new)
		return;
	a->n_alarm++;
	t->n_alarm++;
	struct day_key k = {(uint64_t)(t - a->tally), (uint64_t)(d->first / day)};

	if (ward_tab_put(&a->days, &k, &v, &is_new) != WARD_OK)
		a->full = true;
	t->n_day += is_new;
	k.what = d->asset != WARD_NONE ? d->asset : d->place;
	if (k.what == WARD_NONE)
		return;
	if (ward_tab_put(&a->places, &k, &v, NULL) != WARD_OK)
		a->full = true;
	else
		++*(uint64_t *)v;
}

static void on_detection(void *ctx, const struct ward_detection *d)
{
	struct ward_hunt *h = ctx;

	if (h->alarms->over)
		return;
	count(h->alarms, d);
	if (h->summary) {
		h->n_hit++;
		return;
	}
	if (h->json) {
		ward_detection_write_json(d, h->model, &h->out);
		ward_wr_ch(&h->out, '\n');
	} else {
		ward_cli_said(d, h->model, &h->out);
	}
	ward_hunt_hit(h, &h->alarms->over);
}

static enum ward_err on_event(void *ctx, struct ward_event *e, bool *ret_enough)
{
	struct ward_hunt *h = ctx;

	if (ward_enrich_event(&h->enrich, e) == WARD_ERR_NOMEM)
		return WARD_ERR_NOMEM;
	enum ward_err err = ward_detector_event(h->alarms->det, e, on_detection, h);

	*ret_enough = h->alarms->over;
	return err == WARD_ERR_LIMIT ? WARD_OK : err;
}

static bool may(void *ctx, const struct ward_index *ix)
{
	return ward_hunt_classes_may(&((const struct ward_hunt *)ctx)->alarms->classes, ix);
}

/* Of an event that no rule looks at only the time counts, for windows that are over by then. */
static bool stands(void *ctx, struct ward_slice record)
{
	struct ward_hunt *h = ctx;
	struct ward_event_head head;

	return ward_event_head(record, &head) != WARD_OK ||
	       ward_hunt_classes_take(&h->alarms->classes, head.class) ||
	       ward_detector_tick(h->alarms->det, head.seen, on_detection, h) != WARD_OK ||
	       h->alarms->over;
}

static int by_count(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->n_alarm != y->n_alarm)
		return x->n_alarm < y->n_alarm ? 1 : -1;
	return ward_str_cmp(x->id, y->id);
}

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return (x->node > y->node) - (x->node < y->node);
}

/* All places, by rule, the busiest first; on the heap, freed by the caller. */
static struct place *places_of(const struct ward_hunt_alarms *a)
{
	struct place *p = calloc(a->places.n + 1, sizeof(*p));
	const void *key;
	void *v;
	size_t at = 0, n = 0;

	while (p && ward_tab_next(&a->places, &at, &key, &v)) {
		struct day_key k;

		memcpy(&k, key, sizeof(k));
		p[n++] = (struct place){k.rule, k.what, *(uint64_t *)v};
	}
	if (p)
		qsort(p, n, sizeof(*p), by_place);
	return p;
}

/* rule: its index before the tallies were sorted. */
static void put_places(
	struct ward_hunt *h, const struct place *p, uint64_t rule, struct ward_json *j)
{
	size_t n = 0;

	for (size_t i = 0; i < h->alarms->places.n; i++) {
		if (p[i].rule != rule)
			continue;
		struct ward_str id = ward_model_node(h->model, (uint32_t)p[i].node)->id;

		if (h->json) {
			ward_json_key_str(j, id);
			ward_json_u64(j, p[i].n);
		} else if (n < PLACES_SHOWN) {
			ward_wr_printf(&h->out, "%s%.*s %llu", n ? ", " : "", WARD_STR_ARG(id),
				(unsigned long long)p[i].n);
		} else if (n == PLACES_SHOWN) {
			ward_wr_z(&h->out, ", …");
		}
		n++;
	}
}

static void put_tally(struct ward_hunt *h, const struct tally *t, const struct place *p)
{
	uint64_t rule = ward_intern_find(&h->alarms->rules, t->id);
	struct ward_json j = ward_json_on(&h->out);

	if (!h->json) {
		ward_wr_printf(&h->out, "%8llu %6llu  ", (unsigned long long)t->n_alarm,
			(unsigned long long)t->n_day);
		ward_line_time(t->first, &h->out);
		ward_wr_z(&h->out, "  ");
		ward_line_time(t->last, &h->out);
		ward_wr_printf(&h->out, "  %-13s  ", ward_level_name(t->level));
		(void)ward_text_line(&h->out, t->title, COLUMNS);
		ward_wr_z(&h->out, "  ");
		put_places(h, p, rule, NULL);
		ward_wr_ch(&h->out, '\n');
		return;
	}
	ward_json_obj(&j);
	ward_json_key(&j, "kind");
	ward_json_z(&j, "rule_summary");
	ward_json_key(&j, "rule");
	ward_json_str(&j, t->id);
	ward_json_key(&j, "title");
	ward_json_str(&j, t->title);
	ward_json_key(&j, "level");
	ward_json_z(&j, ward_level_name(t->level));
	ward_json_key(&j, "alarms");
	ward_json_u64(&j, t->n_alarm);
	ward_json_key(&j, "days");
	ward_json_u64(&j, t->n_day);
	ward_json_key(&j, "first");
	ward_json_time(&j, t->first);
	ward_json_key(&j, "last");
	ward_json_time(&j, t->last);
	ward_json_key(&j, "places");
	ward_json_obj(&j);
	put_places(h, p, rule, &j);
	ward_json_obj_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(&h->out, '\n');
}

static void summary(struct ward_hunt *h)
{
	struct ward_hunt_alarms *a = h->alarms;
	struct place *p = places_of(a);

	if (!p)
		return;
	qsort(a->tally, a->n, sizeof(*a->tally), by_count);
	if (!h->json && a->n)
		ward_wr_z(&h->out, "  alarms   days  first                last                 "
				   "level          rule, places\n");
	for (size_t i = 0; i < a->n; i++)
		put_tally(h, &a->tally[i], p);
	free(p);
	ward_hunt_flush(h);
	if (a->full)
		fprintf(stderr, "ward search: too many alarms to count them all\n");
}

static int hunt(struct ward_hunt *h)
{
	struct ward_hunt_alarms *a = h->alarms;
	const struct ward_mem *mem = ward_mem_heap();
	struct ward_ruleset_args args = {.rules = h->rules,
		.n_rules = h->n_rules,
		.content = h->content,
		.threats = ward_model_threats(h->model),
		.hospital = h->hospital};
	enum ward_err err = ward_ruleset_load(&args, &h->lim, mem, &h->diag, &a->rs);

	ward_hunt_findings(h);
	if (err)
		return ward_cli_fail(h->cmd, "the rules can't be loaded: %s", ward_err_text(err));
	struct ward_detect_config cfg = ward_detect_config_default();

	err = ward_detector_new(a->rs, &h->names, h->model, &h->lim, &cfg, mem, &a->det);
	if (err)
		return ward_cli_fail(h->cmd, "%s", ward_err_text(err));
	h->opts.newest_first = false; /* rules take events as they came */
	ward_hunt_classes_of(&a->classes, a->rs);
	h->opts.may = may;
	h->opts.stands = a->classes.all ? NULL : stands;
	h->opts.event = on_event;
	h->opts.ctx = h;
	int code = ward_hunt_pass(h);

	if (code)
		return code;
	if (!h->limit || h->n_hit < h->limit)
		err = ward_detector_tick(a->det, WARD_NS_NEVER, on_detection, h);
	if (err)
		return ward_cli_fail(h->cmd, "%s", ward_err_text(err));
	ward_hunt_flush(h);
	if (h->summary)
		summary(h);
	return WARD_EXIT_DONE;
}

int ward_hunt_rules(struct ward_hunt *h)
{
	struct ward_hunt_alarms a = {.rs = NULL};
	const struct ward_mem *mem = ward_mem_heap();

	ward_intern_init(&a.rules, mem, ALARMS_MAX, 64 << 20);
	ward_arena_init(&a.arena, mem, 64 << 20);
	ward_tab_init(&a.ids, mem, sizeof(struct ward_id), 0, ALARMS_MAX);
	ward_tab_init(&a.days, mem, sizeof(struct day_key), 0, DAYS_MAX);
	ward_tab_init(&a.places, mem, sizeof(struct day_key), sizeof(uint64_t), DAYS_MAX);
	h->alarms = &a;
	int code = hunt(h);

	h->alarms = NULL;
	ward_detector_free(a.det);
	ward_ruleset_free(a.rs);
	ward_mem_free(mem, a.tally, a.cap * sizeof(*a.tally));
	ward_tab_fini(&a.ids);
	ward_tab_fini(&a.days);
	ward_tab_fini(&a.places);
	ward_intern_fini(&a.rules);
	ward_arena_fini(&a.arena);
	return code;
}
