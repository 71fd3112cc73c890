/* Entries, records and ADT events, parted by lines "--", into availability: whatever they say,
 * counts are none or not negative, the answer can be written, and entries turned round say the
 * same, as they do written out and read again. What is kept of the records gives an answer, too. */
#include "fuzz.h"

#include "../unit/model/lab.h"
#include "care/adt.h"
#include "care/have.h"
#include "care/past.h"

enum { RECORDS = 64, OUT_BYTES = 1 << 24 };

static struct lab l; /* loaded once: it only answers */
static struct ward_record_reader *reader;

static struct ward_str part(struct ward_str *rest)
{
	static const char cut[] = "\n--\n";
	size_t at = ward_str_find(*rest, ward_str_z(cut));
	struct ward_str all = *rest;

	if (at == SIZE_MAX) {
		*rest = (struct ward_str){NULL, 0};
		return all;
	}
	*rest = ward_str_sub(all, at + sizeof(cut) - 1, all.len);
	return ward_str_sub(all, 0, at);
}

static size_t records(struct ward_str text, struct ward_arena *a, struct ward_record *rec,
	const struct ward_record **to)
{
	size_t n = 0;

	while (text.p && n < RECORDS) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if (ward_record_read(reader, line, a, &rec[n]) != WARD_OK ||
			rec[n].kind == WARD_RECORD_OTHER)
			continue;
		to[n] = &rec[n];
		n++;
	}
	return n;
}

static void sane(const struct ward_availability *c)
{
	for (size_t i = 0; i < c->n_ward; i++)
		for (size_t k = 0; k < c->ward[i].n_bed; k++) {
			const struct ward_care_beds *b = &c->ward[i].bed[k];

			WARD_ASSERT(b->staffed.is >= WARD_CARE_NONE &&
				    b->occupied.is >= WARD_CARE_NONE &&
				    b->available.is >= WARD_CARE_NONE);
		}
	for (size_t i = 0; i < c->n_site; i++)
		WARD_ASSERT(ward_care_word(WARD_CARE_STATE, c->site[i].state.is) &&
			    ward_care_word(WARD_CARE_TRAFFIC, c->site[i].traffic.is));
}

static struct ward_wr written(const struct ward_care_ask *ask, struct ward_arena *a, bool all)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES),
		       other = ward_wr_grow(ward_mem_heap(), OUT_BYTES);
	struct ward_availability c;

	WARD_ASSERT(ward_availability_find(ask, a, &c) == WARD_OK);
	sane(&c);
	ward_care_write_json(&c, l.m, &w);
	WARD_ASSERT(!ward_wr_bad(&w));
	if (!all)
		return w;
	ward_care_write_csv(&c, l.m, &other);
	ward_care_write_text(&c, l.m, NULL, 80, true, &other);
	const struct ward_care_export x = {.c = &c, .m = l.m, .exercise = true};

	ward_care_write_saner(&x, &other);
	ward_wr_reset(&other);
	ward_care_write_have(&x, &other);
	WARD_ASSERT(!ward_wr_bad(&other));
	ward_wr_fini(&other);
	return w;
}

static void availability(
	struct ward_care_ask *ask, struct ward_care_entries *e, struct ward_arena *a)
{
	struct ward_wr one = written(ask, a, true);

	for (size_t i = 0; i < e->n / 2; i++) {
		struct ward_care_entry swap = e->at[i];

		e->at[i] = e->at[e->n - 1 - i];
		e->at[e->n - 1 - i] = swap;
	}
	struct ward_wr two = written(ask, a, false);

	WARD_ASSERT(ward_str_eq(ward_wr_text(&one), ward_wr_text(&two)));
	ward_wr_fini(&one);
	ward_wr_fini(&two);
}

static void rewritten(const struct ward_care_entries *e, struct ward_arena *a)
{
	struct ward_wr once = ward_wr_grow(ward_mem_heap(), OUT_BYTES), twice = once;
	struct ward_care_entries again;
	struct ward_diag d;

	ward_diag_init(&d, ward_mem_heap());
	const struct ward_care_in in = {l.m, &l.lim, &d, a};

	ward_care_entries_write(e, l.m, INT64_MIN, &once);
	WARD_ASSERT(!ward_wr_bad(&once) &&
		    ward_care_entries_parse(
			    &in, WARD_STR("care.csv"), ward_wr_slice(&once), &again) == WARD_OK &&
		    again.n == e->n);
	ward_care_entries_write(&again, l.m, INT64_MIN, &twice);
	WARD_ASSERT(ward_str_eq(ward_wr_text(&once), ward_wr_text(&twice)));
	ward_diag_fini(&d);
	ward_wr_fini(&once);
	ward_wr_fini(&twice);
}

/* What is kept is the same after it was saved and loaded. */
static void saved(const struct ward_care_past *p)
{
	struct ward_wr once = ward_wr_grow(ward_mem_heap(), 1 << 24),
		       twice = ward_wr_grow(ward_mem_heap(), 1 << 24);
	struct ward_care_past *again;

	WARD_ASSERT(ward_care_past_save(p, &once));
	WARD_ASSERT(ward_care_past_new(ward_mem_heap(), &again) == WARD_OK);
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&once));

	WARD_ASSERT(ward_care_past_load(again, &r) == WARD_OK && !ward_rd_left(&r));
	WARD_ASSERT(ward_care_past_save(again, &twice));
	WARD_ASSERT(ward_str_eq(ward_wr_text(&once), ward_wr_text(&twice)));
	ward_care_past_free(again);
	ward_wr_fini(&once);
	ward_wr_fini(&twice);
}

static void kept(struct ward_care_ask ask, struct ward_arena *a)
{
	struct ward_care_past *p;

	WARD_ASSERT(ward_care_past_new(ward_mem_heap(), &p) == WARD_OK);
	for (size_t i = 0; i < ask.n_record; i++)
		WARD_ASSERT(ward_care_past_take(p, ask.record[i]) == WARD_OK);
	saved(p);
	WARD_ASSERT(ward_care_past_ask(p, a, &ask) == WARD_OK);
	struct ward_wr w = written(&ask, a, false);

	ward_wr_fini(&w);
	ward_care_past_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t *copy = fuzz_copy(data, len);
	struct ward_str rest = {(const char *)copy, len};
	static struct ward_record rec[RECORDS];
	const struct ward_record *record[RECORDS];
	struct ward_care_entries entries;
	struct ward_care_adt *adt = NULL;
	struct ward_arena a;
	struct ward_diag d;

	WARD_ASSERT(l.m || lab_load(&l, ward_mem_heap(), NULL, "more.yml", "") == WARD_OK);
	WARD_ASSERT(reader || ward_record_reader_new(ward_mem_heap(), &l.lim, &reader) == WARD_OK);
	ward_arena_init(&a, ward_mem_heap(), 1 << 28);
	ward_diag_init(&d, ward_mem_heap());
	const struct ward_care_in in = {l.m, &l.lim, &d, &a};
	enum ward_err err = ward_care_entries_parse(
		&in, WARD_STR("care.csv"), ward_str_bytes(part(&rest)), &entries);

	WARD_ASSERT((err == WARD_OK) == !d.n_error);
	struct ward_care_ask ask = {.m = l.m,
		.entry = entries.at,
		.n_entry = entries.n,
		.record = record,
		.n_record = records(part(&rest), &a, rec, record)};

	if (rest.p) { /* its tables take a while */
		WARD_ASSERT(ward_care_adt_new(l.m, &l.lim, ward_mem_heap(), &adt) == WARD_OK);
		while (rest.p)
			if (ward_care_adt_line(adt, ward_str_cut(&rest, '\n')) != WARD_OK)
				continue;
		ask.move = ward_care_adt_moves(adt, &ask.n_move);
	}
	WARD_ASSERT(ward_time_parse(WARD_STR("2026-03-12T03:00:00Z"), &ask.at) == WARD_OK);
	rewritten(&entries, &a);
	kept(ask, &a);
	availability(&ask, &entries, &a);
	ward_care_adt_free(adt);
	ward_diag_fini(&d);
	ward_arena_fini(&a);
	free(copy);
	return 0;
}
