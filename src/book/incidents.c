/* What was open when the book was made, the gravest first. */
#include "book/priv.h"

#include "story/likely.h"
#include "story/zone.h"

#include <stdlib.h>

enum { TIME_BYTES = 96, CARE_TOLD = 8 /* services of one incident */ };

/* Records of one kind, of each id the last revision, by id. */
struct latest {
	const struct ward_record **r;
	size_t n, room;
};

/* By id, then the later one first: records lie in one array, in the order in which they came. */
static int later_first(const void *a, const void *b)
{
	const struct ward_record *x = *(const struct ward_record *const *)a,
				 *y = *(const struct ward_record *const *)b;
	int by_id = ward_id_cmp(x->id, y->id);

	return by_id ? by_id : (x->revision < y->revision) - (x->revision > y->revision);
}

static bool collect(struct book *b, enum ward_record_kind kind, struct latest *ret)
{
	const struct ward_book *is = b->is;
	size_t n = 0;

	*ret = (struct latest){.room = is->n_record + 1};
	ret->r = ward_mem_alloc(ward_mem_heap(), ret->room * sizeof(*ret->r));
	if (!ret->r) {
		b->err = WARD_ERR_NOMEM;
		return false;
	}
	for (size_t i = 0; i < is->n_record; i++)
		if (is->record[i]->kind == kind)
			ret->r[n++] = is->record[i];
	qsort(ret->r, n, sizeof(*ret->r), later_first);
	for (size_t i = 0; i < n; i++)
		if (!ret->n || !ward_id_eq(ret->r[ret->n - 1]->id, ret->r[i]->id))
			ret->r[ret->n++] = ret->r[i];
	return true;
}

static void forget(struct latest *l)
{
	ward_mem_free(ward_mem_heap(), l->r, l->room * sizeof(*l->r));
}

static bool is_taken_up(const struct latest *all, struct ward_id id)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->r[i]->n_superseded; k++)
			if (ward_id_eq(all->r[i]->superseded[k], id))
				return true;
	return false;
}

/* Only those that are open stay. */
static void keep_open(struct latest *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct ward_record *r = all->r[i];

		if (ward_record_phase(r->state) != WARD_PHASE_OPEN || is_taken_up(all, r->id))
			continue;
		all->r[i] = all->r[n]; /* nothing leaves while others are asked what they took up */
		all->r[n++] = r;
	}
	all->n = n;
}

static int graver(const void *a, const void *b)
{
	const struct ward_record *x = *(const struct ward_record *const *)a,
				 *y = *(const struct ward_record *const *)b;

	if (x->level != y->level)
		return x->level < y->level ? 1 : -1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return ward_id_cmp(x->id, y->id);
}

/* "12 March 2026, 03:15" into text. */
static struct ward_str moment(const struct book *b, ward_ns t, char text[TIME_BYTES])
{
	const struct ward_day day = ward_zone_day(t);
	struct ward_wr w = ward_wr_fixed(text, TIME_BYTES);

	ward_say_moment(&w, b->lang, &day);
	return ward_wr_text(&w);
}

/* The gravest first; one that is told before it of the same service stands for it, too. */
static int worse(const void *a, const void *b)
{
	const struct ward_record *x = *(const struct ward_record *const *)a,
				 *y = *(const struct ward_record *const *)b;

	if (x->priority_micro != y->priority_micro)
		return x->priority_micro < y->priority_micro ? 1 : -1;
	if (x->expected != y->expected)
		return x->expected < y->expected ? -1 : 1;
	return ward_id_cmp(x->id, y->id);
}

static bool is_told(const struct ward_record *const *told, size_t n, struct ward_str service)
{
	for (size_t i = 0; i < n; i++)
		if (ward_str_eq(told[i]->asset, service))
			return true;
	return false;
}

static void care_hit(struct book *b, const struct latest *impact, struct ward_id incident)
{
	const struct ward_record *told[CARE_TOLD];
	char text[TIME_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < impact->n && n < CARE_TOLD; i++) {
		const struct ward_record *r = impact->r[i];

		if (r->withdrawn || !r->service || !ward_id_eq(r->incident, incident) ||
			is_told(told, n, r->asset))
			continue;
		told[n++] = r;
		WARD_SAY(&b->w, b->lang, WARD_TEXT("Care: {service}: about\u00a0{time}, {word}"),
			{"service", r->asset_name}, {"time", moment(b, r->expected, text)},
			{"word", ward_lang_text(b->lang, ward_str_z(ward_likely_word(ward_likely(
								 r->lo_micro, r->hi_micro))))});
		book_put(b, WARD_DOC_ITEM);
	}
}

static void tell(struct book *b, const struct ward_record *r, const struct latest *impact)
{
	static const char *const level[WARD_RECORD_LEVELS] = {WARD_TEXT("info"), WARD_TEXT("low"),
		WARD_TEXT("medium"), WARD_TEXT("HIGH"), WARD_TEXT("CRITICAL")};
	char text[TIME_BYTES], id[WARD_ID_TEXT];

	ward_id_text(r->id, id);
	ward_say(&b->w, b->lang, level[r->level < WARD_RECORD_LEVELS ? r->level : 0]);
	ward_wr_z(&b->w, " · ");
	ward_wr_str(&b->w, ward_lang_text(b->lang, r->name.what));
	ward_say_colon(&b->w, b->lang);
	ward_wr_str(&b->w, r->name.on);
	book_put(b, WARD_DOC_STRONG);
	WARD_SAY(&b->w, b->lang, WARD_TEXT("Since {time}; incident {id}"),
		{"time", moment(b, r->first, text)}, {"id", ward_str_sub(ward_str_z(id), 0, 8)});
	book_put(b, WARD_DOC_TEXT);
	if (r->step_text.len) {
		WARD_SAY(&b->w, b->lang,
			r->step_role.len ? WARD_TEXT("To do, {role}: {text}")
					 : WARD_TEXT("To do: {text}"),
			{"role", r->step_role}, {"text", ward_lang_text(b->lang, r->step_text)});
		book_put(b, WARD_DOC_ITEM);
	}
	care_hit(b, impact, r->id);
}

void book_incidents(struct book *b)
{
	struct latest incident, impact;

	book_chapter(b, WARD_TEXT("Open incidents"));
	if (!b->is->records_known) {
		book_say(b, WARD_DOC_STRONG,
			WARD_TEXT("Nothing on record was read: ask the security centre."));
		return;
	}
	if (!collect(b, WARD_RECORD_INCIDENT, &incident))
		return;
	keep_open(&incident);
	qsort(incident.r, incident.n, sizeof(*incident.r), graver);
	if (!incident.n)
		book_say(b, WARD_DOC_TEXT, WARD_TEXT("None was open."));
	if (collect(b, WARD_RECORD_IMPACT, &impact)) {
		qsort(impact.r, impact.n, sizeof(*impact.r), worse);
		for (size_t i = 0; i < incident.n; i++)
			tell(b, incident.r[i], &impact);
		forget(&impact);
	}
	forget(&incident);
}
