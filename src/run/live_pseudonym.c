/* What `pseudonym` needs to say whom a token stands for: the people of people.yml and the badges of
 * badges.csv, as lines that it alone reads, and the link with `desk`, which alone may ask. */
#include "run/live_people.h"

#include "comply/purposes.h"
#include "desk/badges.h"
#include "desk/people.h"
#include "model/tz.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_BYTES = 64 << 20 };

/* One part of a line: what would end it is a blank. */
static void put_part(struct ward_wr *w, struct ward_str s)
{
	ward_wr_ch(w, '\t');
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, s.p[i] == '\t' || s.p[i] == '\n' ? ' ' : s.p[i]);
}

static void put_people(const struct live *l, struct ward_wr *w)
{
	for (size_t i = 0; i < l->people.n; i++) {
		const struct ward_person *p = &l->people.p[i];

		ward_wr_printf(
			w, "person\t%.*s (%.*s)", WARD_STR_ARG(p->name), WARD_STR_ARG(p->id));
		put_part(w, p->id);
		put_part(w, p->name);
		put_part(w, p->user);
		for (size_t k = 0; k < WARD_PERSON_WAY_N; k++)
			put_part(w, p->way[k]);
		ward_wr_ch(w, '\n');
	}
}

/* The rule of the hospital's zone, by which its hours are; without it nobody knows them. */
static void put_zone(const struct live *l, struct ward_wr *w, struct ward_arena *a)
{
	struct ward_str zone = ward_model_hospital(l->m)->timezone;
	const char *dir = getenv("TZDIR");
	struct ward_diag quiet;
	struct ward_slice bytes;
	char path[512];

	ward_diag_init(&quiet, ward_mem_heap());
	int n = snprintf(path, sizeof(path), "%s/%.*s", dir && *dir ? dir : "/usr/share/zoneinfo",
		WARD_STR_ARG(zone));

	ward_wr_z(w, "zone");
	if (n > 0 && (size_t)n < sizeof(path) &&
		ward_conf_read(a, l->o->lim, path, &quiet, &bytes) == WARD_OK)
		put_part(w, ward_tz_footer(bytes));
	ward_wr_ch(w, '\n');
	ward_diag_fini(&quiet);
}

static void say_first(struct live *l, struct ward_diag *diag)
{
	ward_diag_sort(diag);
	if (diag->n)
		(void)snprintf(l->why, WARD_LIVE_WHY, "%.*s:%u: %.*s; %.*s",
			WARD_STR_ARG(diag->item[0].file), diag->item[0].line,
			WARD_STR_ARG(diag->item[0].what), WARD_STR_ARG(diag->item[0].mend));
}

static enum ward_err add_badges(struct live *l, struct ward_wr *w)
{
	struct ward_arena a;
	struct ward_diag diag;
	struct ward_badges b;

	ward_arena_init(&a, ward_mem_heap(), TEXT_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_badges_in in = {l->o->lim, &a, &diag};
	enum ward_err err = ward_badges_load(&in, l->o->dir, &b);

	if (err == WARD_ERR_CONFIG)
		say_first(l, &diag);
	if (!err)
		put_zone(l, w, &a);
	for (size_t i = 0; !err && i < b.n; i++) {
		ward_wr_z(w, "badge");
		put_part(w, b.badge[i].who);
		put_part(w, ward_str_z(b.badge[i].lost ? "lost" : "held"));
		ward_wr_ch(w, '\t');
		ward_badge_hours_put(w, &b.badge[i]);
		put_part(w, b.badge[i].badge);
		ward_wr_ch(w, '\n');
	}
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	return err;
}

/* What identifiers.yml says, as settings of a process. */
static enum ward_err set_both(
	struct live *l, size_t number, const struct ward_identifiers_in *in, bool patterns)
{
	struct ward_identifiers s = {.n = 0};
	struct ward_purposes p;
	char text[WARD_PURPOSE_SOURCES * (WARD_PURPOSE_ID + 2) + 1024];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text) - 1);
	enum ward_err err = ward_purposes_load(in, l->o->dir, &p);

	if (!err)
		err = ward_identifiers_load(in, l->o->dir, &s);
	if (!err && p.n) {
		ward_purposes_write(&p, &w);
		text[w.len] = '\0';
		err = ward_supervisor_set(l->s, number, "purposes", text);
	}
	if (!err && s.n && patterns) {
		ward_wr_reset(&w);
		ward_identifiers_write(&s, &w);
		text[w.len] = '\0';
		err = ward_supervisor_set(l->s, number, "identifiers", text);
	}
	return err;
}

static enum ward_err set_of_file(struct live *l, size_t number, bool patterns)
{
	struct ward_arena a;
	struct ward_diag diag;

	ward_arena_init(&a, ward_mem_heap(), TEXT_BYTES);
	ward_diag_init(&diag, ward_mem_heap());
	const struct ward_identifiers_in in = {l->o->lim, &a, &diag};
	enum ward_err err = set_both(l, number, &in, patterns);

	if (err == WARD_ERR_CONFIG)
		say_first(l, &diag);
	ward_diag_fini(&diag);
	ward_arena_fini(&a);
	return err;
}

enum ward_err live_set_identifiers(struct live *l, size_t number)
{
	return set_of_file(l, number, true);
}

enum ward_err live_set_pseudonym(struct live *l)
{
	/* it names people: in one piece, so that nothing of it is left where it would have grown */
	uint8_t *text = ward_mem_alloc(ward_mem_heap(), TEXT_BYTES);
	struct ward_wr w = ward_wr_fixed(text, text ? TEXT_BYTES : 0);
	size_t number = l->number[P_PSEUDONYM];

	put_people(l, &w);
	enum ward_err err = text ? add_badges(l, &w) : WARD_ERR_NOMEM;

	if (!err)
		err = set_of_file(l, number, false);
	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_NOMEM : live_hand_text(l, number, "list", &w);
	ward_wipe(text, w.len);
	ward_mem_free(ward_mem_heap(), text, TEXT_BYTES);
	return err ? err : ward_supervisor_link(l->s, number, l->number[P_DESK]);
}
