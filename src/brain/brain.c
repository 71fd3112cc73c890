#include "brain/priv.h"

enum { SCRATCH_BYTES_MAX = 256 << 20, JSON_BYTES_MAX = 16 << 20, CAUSE_MAX = 1 << 20 };

static const char *const kind_name[] = {
	[WARD_OUTPUT_DETECTION] = "detection",
	[WARD_OUTPUT_INCIDENT] = "incident",
	[WARD_OUTPUT_IMPACT] = "impact",
	[WARD_OUTPUT_DECISION] = "decision",
	[WARD_OUTPUT_PERMIT] = "permit",
	[WARD_OUTPUT_ACCOUNT] = "account",
	[WARD_OUTPUT_CENSUS] = "census",
	[WARD_OUTPUT_DELETION] = "deletion",
};

const char *ward_output_kind_name(enum ward_output_kind k)
{
	WARD_ASSERT((unsigned)k < WARD_OUTPUT_N);
	return kind_name[k];
}

static enum ward_err make_stages(struct ward_brain *b)
{
	const struct ward_brain_config *c = &b->c;
	enum ward_err err = ward_detector_new(
		c->ruleset, c->names, c->model, c->lim, &c->detect, c->mem, &b->detector);

	if (!err && c->baselines)
		err = ward_baseline_new(c->baselines,
			&(struct ward_bl_config){.mode = WARD_BL_LIVE,
				.model = c->model,
				.persons = ward_model_hospital(c->model)->staff_agreement.len > 0},
			c->mem, &b->baseline);
	if (!err)
		err = ward_engine_new(c->model, c->propagation, c->lim, c->mem, &b->engine);
	if (!err)
		err = ward_permits_new(c->model, c->lim, c->mem, &b->permits);
	if (!err && c->doors)
		err = ward_doors_new(c->doors, c->model, c->names, c->lim, c->mem, &b->doors);
	if (!err && c->points && ward_points_n(c->points))
		err = ward_watch_new(c->points, c->model, c->names, c->lim, c->mem, &b->watch);
	if (!err)
		err = ward_fuser_new(c->model, &c->fuse, ward_brain_cause, b, c->lim, c->mem,
			c->counters, &b->fuser);
	return err;
}

/* How far behind the clock the end of a detection may be: an event is late by at most the skew of
 * its source, a window speaks when it closes, and another product's alert may tell of yesterday. */
static ward_ns margin_of(const struct ward_brain_config *c)
{
	ward_ns skew = c->detect.skew > WARD_LATENESS ? c->detect.skew : WARD_LATENESS, sum, wait;
	size_t n;
	const struct ward_source *s = ward_model_sources(c->model, &n);

	for (size_t i = 0; i < n; i++)
		skew = s[i].skew > skew ? s[i].skew : skew;
	wait = c->detect.lateness;
	if (c->baselines && wait < WARD_BL_HOLD_S * WARD_NS_PER_S)
		wait = WARD_BL_HOLD_S * WARD_NS_PER_S;
	if (!ward_add(skew, wait, &sum) || !ward_add(sum, ward_ruleset_span(c->ruleset), &sum) ||
		!ward_add(sum, WARD_ALERT_BACK, &sum))
		return WARD_NS_NEVER;
	return sum;
}

enum ward_err ward_brain_new(const struct ward_brain_config *c, struct ward_brain **ret)
{
	struct ward_brain *b = ward_mem_alloc(c->mem, sizeof(*b));
	enum ward_err err;

	if (!b)
		return WARD_ERR_NOMEM;
	b->c = *c;
	b->enrich = (struct ward_enrich){.model = c->model,
		.points = c->points,
		.names = c->names,
		.actor = c->actor,
		.actor_ctx = c->actor_ctx,
		.offsets = &b->offsets};
	ward_offsets_init(&b->offsets, c->mem, c->lim);
	ward_alerts_init(&b->alerts, c->names, c->model, ward_model_threats(c->model));
	b->clock = b->expired = b->sources_looked = INT64_MIN;
	b->margin = margin_of(c);
	b->gone = ward_wr_grow(c->mem, JSON_BYTES_MAX);
	ward_arena_init(&b->scratch, c->mem, SCRATCH_BYTES_MAX);
	b->json = ward_wr_grow(c->mem, JSON_BYTES_MAX);
	ward_tab_init(&b->said, c->mem, sizeof(struct ward_id), sizeof(struct said),
		ward_limit(c->lim, WARD_LIMIT_IMPACT_STATES));
	ward_tab_init(&b->recent_set, c->mem, sizeof(struct ward_id), 0,
		ward_limit(c->lim, WARD_LIMIT_BRAIN_RECENT));
	ward_tab_init(&b->cause, c->mem, 4 * sizeof(uint32_t), sizeof(uint32_t), CAUSE_MAX);
	ward_brain_census_new(b);
	b->source = ward_brain_source_new(c, &b->n_source);
	err = b->source ? make_stages(b) : WARD_ERR_NOMEM;
	if (!err)
		err = ward_brain_seen_new(b);
	if (!err)
		err = ward_brain_alarms_new(b);
	if (err) {
		ward_brain_free(b);
		return err;
	}
	*ret = b;
	return WARD_OK;
}

void ward_brain_free(struct ward_brain *b)
{
	if (!b)
		return;
	ward_brain_seen_free(b);
	ward_brain_census_free(b);
	ward_brain_alarms_free(b);
	ward_mem_free(b->c.mem, b->source, (b->n_source + 1) * sizeof(*b->source));
	ward_permits_free(b->permits);
	ward_doors_free(b->doors);
	ward_watch_free(b->watch);
	ward_fuser_free(b->fuser);
	ward_engine_free(b->engine);
	ward_baseline_free(b->baseline);
	ward_detector_free(b->detector);
	ward_offsets_fini(&b->offsets);
	ward_tab_fini(&b->cause);
	ward_tab_fini(&b->recent_set);
	ward_mem_free(b->c.mem, b->recent, b->cap_recent * sizeof(*b->recent));
	ward_tab_fini(&b->said);
	ward_wr_fini(&b->json);
	ward_wr_fini(&b->gone);
	ward_arena_fini(&b->scratch);
	ward_mem_free(b->c.mem, b, sizeof(*b));
}

void ward_brain_put(struct ward_brain *b, enum ward_output_kind kind, struct ward_id id,
	uint32_t revision, ward_ns time)
{
	struct ward_output o = {
		kind, id, revision, time, ward_wr_text(&b->json), b->of.detection, b->of.incident};

	b->of.detection = NULL;
	b->of.incident = NULL;

	if (ward_wr_bad(&b->json)) {
		b->err = WARD_ERR_NOMEM;
		return;
	}
	ward_count_name(b->c.counters,
		kind == WARD_OUTPUT_DETECTION  ? "brain.detections"
		: kind == WARD_OUTPUT_INCIDENT ? "brain.incidents"
		: kind == WARD_OUTPUT_IMPACT   ? "brain.impacts"
		: kind == WARD_OUTPUT_PERMIT   ? "brain.permit_rows"
		: kind == WARD_OUTPUT_CENSUS   ? "brain.census_rows"
					       : "brain.decision_rows",
		1);
	b->c.out(b->c.out_ctx, &o);
}

enum ward_err ward_brain_fresh(struct ward_brain *b, struct ward_id id, bool *ret)
{
	size_t max = ward_limit(b->c.lim, WARD_LIMIT_BRAIN_RECENT);
	enum ward_err err;
	void *unused;

	if (b->n_recent < max) {
		err = ward_mem_more(
			b->c.mem, &b->recent, b->n_recent, &b->cap_recent, sizeof(*b->recent), max);
		if (err)
			return err;
	} else if (!ward_tab_find(&b->recent_set, &id)) {
		(void)ward_tab_del(&b->recent_set, &b->recent[b->at_recent]);
	}
	err = ward_tab_put(&b->recent_set, &id, &unused, ret);
	if (err || !*ret)
		return err;
	if (b->n_recent < max) {
		b->recent[b->n_recent++] = id;
	} else {
		b->recent[b->at_recent] = id;
		b->at_recent = (b->at_recent + 1) % max;
	}
	return WARD_OK;
}

static void on_gone(void *ctx, struct ward_id id)
{
	struct ward_brain *b = ctx;

	ward_wr_bytes(&b->gone, id.b, sizeof(id.b));
}

static void on_detection(void *ctx, const struct ward_detection *said)
{
	struct ward_brain *b = ctx;
	struct ward_detection d = *said;
	char because[WARD_BRAIN_BECAUSE_MAX];
	enum ward_err err;

	if (b->err)
		return;
	ward_brain_permitted(b, &d, because);
	if (d.stage != WARD_STAGE_LIVE)
		ward_count_name(b->c.counters,
			d.stage == WARD_STAGE_NOTICE ? "brain.notices" : "brain.shadows", 1);
	ward_wr_reset(&b->json);
	ward_detection_write_json(&d, b->c.model, &b->json);
	b->of.detection = &d;
	ward_brain_put(b, WARD_OUTPUT_DETECTION, d.id, d.revision, d.last);
	if (ward_brain_is_muted(b, &d))
		return;
	err = ward_fuser_detection(b->fuser, &d);
	if (err && err != WARD_ERR_LIMIT) /* LIMIT is counted by the fuser */
		b->err = err;
}

static enum ward_err tell_incidents(struct ward_brain *b, ward_ns clock)
{
	for (;;) {
		const struct ward_incident *in;
		enum ward_err err = ward_fuser_told(b->fuser, clock, &in);

		if (err || !in)
			return err;
		if (in->raised) {
			struct ward_incident told = *in;

			ward_wr_reset(&b->json);
			told.alone = ward_brain_alone(b, in);
			ward_incident_write_json(&told, b->c.model, &b->json);
			b->of.incident = in;
			ward_brain_put(b, WARD_OUTPUT_INCIDENT, in->id, in->revision, b->now);
		}
		err = ward_brain_impacts(b, in);
		if (err)
			return err;
	}
}

/* Once a minute is often enough to look for what is too old. */
static enum ward_err expire(struct ward_brain *b)
{
	ward_ns before, since = 0;

	if (!ward_sub(b->clock, b->margin, &before) ||
		(b->expired != INT64_MIN && ward_sub(b->clock, b->expired, &since) &&
			since < 60 * WARD_NS_PER_S))
		return WARD_OK;
	b->expired = b->clock;
	ward_permits_expire(b->permits, before);
	ward_wr_reset(&b->gone);
	ward_fuser_expire(b->fuser, before, on_gone, b);
	if (ward_wr_bad(&b->gone))
		return WARD_ERR_NOMEM;
	return b->gone.len ? ward_brain_forget(b) : WARD_OK;
}

void ward_brain_count(struct ward_brain *b, const char *name, uint64_t now, uint64_t before)
{
	if (now > before)
		ward_count_name(b->c.counters, name, now - before);
}

static void count_learned(struct ward_brain *b)
{
	struct ward_bl_stats s = ward_baseline_stats(b->baseline), *was = &b->learned;

	ward_brain_count(b, "baseline.unkeyed", s.n_unkeyed, was->n_unkeyed);
	ward_brain_count(b, "baseline.late", s.n_late, was->n_late);
	ward_brain_count(b, "baseline.evicted_keys", s.n_evicted_key, was->n_evicted_key);
	ward_brain_count(b, "baseline.evicted_values", s.n_evicted_value, was->n_evicted_value);
	ward_brain_count(b, "baseline.repeated", s.n_repeated, was->n_repeated);
	ward_brain_count(b, "baseline.drifted", s.n_drifted, was->n_drifted);
	ward_brain_count(b, "baseline.hurried", s.n_hurried, was->n_hurried);
	ward_brain_count(b, "baseline.shared", s.n_shared, was->n_shared);
	ward_brain_count(b, "baseline.withheld", s.n_withheld, was->n_withheld);
	*was = s;
}

/* Puts what the rooms below lost or refused since the last time into the counters. */
static void count_losses(struct ward_brain *b)
{
	struct ward_detect_stats s = ward_detector_stats(b->detector), *was = &b->counted;

	ward_brain_count(b, "detect.late", s.n_late, was->n_late);
	ward_brain_count(b, "detect.ungrouped", s.n_ungrouped, was->n_ungrouped);
	ward_brain_count(b, "detect.evicted_events", s.n_evicted_event, was->n_evicted_event);
	ward_brain_count(b, "detect.evicted_groups", s.n_evicted_group, was->n_evicted_group);
	*was = s;
	if (b->baseline)
		count_learned(b);
	ward_brain_count(b, "enrich.removed", b->enrich.count.n_removed, 0);
	ward_brain_count(b, "enrich.services_cut", b->enrich.count.n_cut, 0);
	ward_brain_count(b, "brain.time_untrusted", b->enrich.count.n_untrusted, 0);
	ward_brain_count(b, "brain.time_corrected", b->enrich.count.n_corrected, 0);
	ward_brain_count(b, "brain.time_told_late", b->enrich.count.n_told_late, 0);
	ward_brain_count(b, "enrich.clocks_given_up", b->offsets.n_given_up, 0);
	ward_brain_count(b, "enrich.batches", b->offsets.n_batch, 0);
	ward_brain_count(b, "alerts.taken", b->alerts.count.n_taken, 0);
	ward_brain_count(b, "alerts.unread", b->alerts.count.n_unread, 0);
	ward_brain_count(b, "alerts.old", b->alerts.count.n_old, 0);
	ward_brain_count(b, "alerts.unplaced", b->alerts.count.n_unplaced, 0);
	memset(&b->alerts.count, 0, sizeof(b->alerts.count));
	memset(&b->enrich.count, 0, sizeof(b->enrich.count));
	b->offsets.n_given_up = b->offsets.n_batch = 0;
}

/* What the detector had no room for does not keep it from the rest. */
static enum ward_err count_limit(struct ward_brain *b, enum ward_err err)
{
	if (err != WARD_ERR_LIMIT)
		return err;
	ward_count_name(b->c.counters, "brain.detect_limit", 1);
	return WARD_OK;
}

/* What follows from the detections of one call. clock: Ward's own, NEVER at the end of all. */
static enum ward_err conclude(struct ward_brain *b, enum ward_err err, ward_ns clock)
{
	err = count_limit(b, err);
	if (!err)
		err = b->err;
	count_losses(b);
	if (err)
		return err;
	ward_fuser_due(b->fuser, clock);
	err = tell_incidents(b, clock);
	return err ? err : expire(b);
}

enum ward_err ward_brain_judge(struct ward_brain *b, struct ward_event *e)
{
	enum ward_err err = ward_enrich_event(&b->enrich, e);

	if (err)
		return err;
	if (b->enrich.turned) {
		err = ward_brain_clock(b, e);
		if (err)
			return err;
	}
	b->now = ward_enrich_time(e);
	err = count_limit(b, ward_detector_event(b->detector, e, on_detection, b));
	if (!err)
		err = ward_alerts_event(&b->alerts, e, b->now, on_detection, b);
	if (!err && b->baseline)
		err = count_limit(b, ward_baseline_event(b->baseline, e, b->now, on_detection, b));
	return err;
}

enum ward_err ward_brain_event(struct ward_brain *b, struct ward_event *e)
{
	bool fresh;
	enum ward_err err = ward_brain_fresh(b, e->id, &fresh);

	if (err)
		return err;
	if (!fresh) {
		ward_count_name(b->c.counters, "brain.repeated", 1);
		return WARD_OK;
	}
	ward_count_name(b->c.counters, "brain.events", 1);
	err = ward_brain_look(b, e->seen > b->clock ? e->seen : b->clock);
	if (!err)
		err = ward_brain_census_tick(b, e->seen > b->clock ? e->seen : b->clock);
	if (e->seen > b->clock)
		b->clock = e->seen;
	if (!err)
		err = ward_brain_doors_tick(b, b->clock);
	if (!err)
		err = ward_brain_points_tick(b, b->clock);
	if (!err)
		err = ward_brain_sources_tick(b, b->clock);
	if (!err)
		err = ward_brain_sources_event(b, e);
	if (!err)
		err = ward_brain_judge(b, e);
	if (!err)
		err = ward_brain_decided(b, e);
	if (!err)
		err = ward_brain_standby(b, e);
	if (!err)
		err = ward_brain_account(b, e);
	if (!err)
		err = ward_brain_census(b, e);
	if (!err)
		err = ward_brain_erased(b, e);
	if (!err)
		err = ward_brain_doors(b, e);
	if (!err)
		err = ward_brain_points(b, e);
	if (!err)
		err = ward_brain_see(b, e);
	return conclude(b, err, b->clock);
}

const struct ward_detector *ward_brain_detector(const struct ward_brain *b)
{
	return b->detector;
}

const struct ward_coverage *ward_brain_coverage(const struct ward_brain *b)
{
	return b->seen.coverage;
}

enum ward_err ward_brain_tick(struct ward_brain *b, ward_ns now)
{
	enum ward_err err = ward_brain_look(b, now > b->clock ? now : b->clock);

	if (!err)
		err = ward_brain_census_tick(b, now > b->clock ? now : b->clock);

	if (now != WARD_NS_NEVER) {
		b->clock = now > b->clock ? now : b->clock;
		b->now = b->clock;
	}
	if (!err)
		err = ward_brain_doors_tick(b, now);
	if (!err)
		err = ward_brain_points_tick(b, now);
	if (!err)
		err = ward_brain_sources_tick(b, now);
	if (!err)
		err = ward_detector_tick(b->detector, now, on_detection, b);
	if (!err && b->baseline)
		err = count_limit(b, ward_baseline_tick(b->baseline, now, on_detection, b));
	return conclude(b, err, now == WARD_NS_NEVER ? now : b->clock);
}
