#include "sense/video/plan.h"

#include "base/json.h"

#include <stdlib.h>

/* JSON's texts are YAML's, too: nothing in one can be taken for anything else. */
static void put_text(struct ward_wr *w, const char *key, struct ward_str text)
{
	struct ward_json j = ward_json_on(w);

	if (!text.len)
		return;
	ward_wr_z(w, key);
	ward_json_str(&j, text);
	ward_wr_ch(w, '\n');
}

static void put_length(struct ward_wr *w, const char *key, ward_ns d)
{
	bool whole = d % WARD_NS_PER_S == 0;

	ward_wr_z(w, key);
	ward_wr_i64(w, d / (whole ? WARD_NS_PER_S : WARD_NS_PER_MS));
	ward_wr_z(w, whole ? "s\n" : "ms\n");
}

static void put_point(struct ward_wr *w, struct ward_point p)
{
	ward_wr_printf(w, "[%.6f, %.6f]", (double)p.x, (double)p.y);
}

static void put_minute(struct ward_wr *w, const char *key, unsigned minute)
{
	ward_wr_printf(w, "%s\"%02u:%02u\"", key, minute / 60, minute % 60);
}

static void put_hours(struct ward_wr *w, const struct ward_week_turn *t)
{
	uint32_t end = t->at + t->minutes;

	ward_wr_z(w, "{days: ");
	ward_week_days_put(w, t->days);
	put_minute(w, ", from: ", t->at);
	put_minute(w, ", to: ", end > WARD_DAY_MINUTES ? end - WARD_DAY_MINUTES : end);
	ward_wr_ch(w, '}');
}

static void put_area(struct ward_wr *w, const struct ward_plan_zone *z)
{
	put_text(w, "  - id: ", z->id);
	ward_wr_z(w, "    polygon: [");
	for (size_t i = 0; i < z->n; i++) {
		ward_wr_z(w, i ? ", " : "");
		put_point(w, z->at[i]);
	}
	ward_wr_z(w, "]\n");
	for (size_t i = 0; i < z->n_hours; i++) {
		ward_wr_z(w, i ? ", " : "    hours: [");
		put_hours(w, &z->hours[i]);
	}
	ward_wr_z(w, z->n_hours ? "]\n" : "");
}

static void put_zone(struct ward_wr *w, const struct ward_plan_zone *z)
{
	put_area(w, z);
	if (z->intrusion)
		ward_wr_z(w, "    intrusion: true\n");
	if (z->loiter)
		put_length(w, "    loiter: ", z->loiter);
	if (z->left)
		put_length(w, "    left: ", z->left);
	if (z->crowd)
		ward_wr_printf(w, "    crowd: %lld\n", (long long)z->crowd);
	if (z->fall)
		ward_wr_z(w, "    fall: true\n");
	if (z->agitation)
		ward_wr_z(w, "    agitation: true\n");
	if (z->smoke)
		ward_wr_z(w, "    smoke: true\n");
	if (z->alive)
		put_length(w, "    alive: ", z->alive);
	put_length(w, "    inertia: ", z->inertia);
	ward_wr_printf(w, "    displacement: %.6f\n", (double)z->displacement);
}

static void put_line(struct ward_wr *w, const struct ward_plan_line *l)
{
	put_text(w, "  - id: ", l->id);
	ward_wr_z(w, "    from: ");
	put_point(w, l->from);
	ward_wr_z(w, "\n    to: ");
	put_point(w, l->to);
	ward_wr_ch(w, '\n');
	put_text(w, "    door: ", l->door);
	put_text(w, "    wrong_way: ", l->wrong_way);
}

static void put_perspective(struct ward_wr *w, const struct ward_plan_perspective *v)
{
	if (v->n_person) {
		ward_wr_z(w, "perspective: {persons: [");
		for (size_t i = 0; i < v->n_person; i++)
			ward_wr_printf(w, "%s[%.6f, %.6f]", i ? ", " : "",
				(double)v->person[i].foot, (double)v->person[i].height);
		ward_wr_z(w, "]}\n");
	} else if (v->width > 0) {
		ward_wr_z(w, "perspective:\n  floor: [");
		for (size_t i = 0; i < WARD_ARRAY_LEN(v->floor); i++) {
			ward_wr_z(w, i ? ", " : "");
			put_point(w, v->floor[i]);
		}
		ward_wr_printf(
			w, "]\n  metres: [%.1f, %.1f]\n", (double)v->width, (double)v->depth);
	}
}

void ward_plan_write(const struct ward_plan *p, struct ward_wr *w)
{
	int minutes = p->utc_offset_s / 60;

	put_text(w, "camera: ", p->camera);
	ward_wr_printf(w, "utc_offset: \"%c%02d:%02d\"\n", minutes < 0 ? '-' : '+',
		abs(minutes) / 60, abs(minutes) % 60);
	put_length(w, "left: ", p->left);
	if (p->patient_room)
		ward_wr_z(w, "patient_room: true\n");
	put_perspective(w, &p->perspective);
	ward_wr_z(w, p->n_zone ? "zones:\n" : "");
	for (size_t i = 0; i < p->n_zone; i++)
		put_zone(w, &p->zone[i]);
	ward_wr_z(w, p->n_line ? "lines:\n" : "");
	for (size_t i = 0; i < p->n_line; i++)
		put_line(w, &p->line[i]);
	ward_wr_z(w, p->n_mask ? "masks:\n" : "");
	for (size_t i = 0; i < p->n_mask; i++)
		put_area(w, &p->mask[i]);
}
