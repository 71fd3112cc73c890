#include "run/looker.h"

#include "base/diag.h"

#include <stdlib.h>
#include <unistd.h>

enum { ARENA_MAX = 16 << 20 };

struct ward_look {
	struct ward_look *next;
	struct ward_arena arena; /* of the event and the report's texts */
	struct ward_event e;
	struct ward_gather_whole file;
	struct ward_inspect_report report;
	struct ward_inspection *in; /* NULL: it waits */
	size_t *held;               /* its giver's count */
};

void ward_looker_init(
	struct ward_looker *l, const struct ward_inspect_cell *cell, struct ward_names *names)
{
	*l = (struct ward_looker){.cell = *cell};
	ward_file_verdict_init(&l->verdict, names);
	l->declared = ward_name(names, WARD_STR("file.mime_declared"));
	l->encoding = ward_name(names, WARD_STR("file.encoding"));
	l->complete = ward_name(names, WARD_STR("file.complete"));
	l->end = ward_name(names, WARD_STR("file.end"));
	l->part = ward_name(names, WARD_STR("file.part"));
	l->differ = ward_name(names, WARD_STR("file.pieces_differ"));
}

static void give_back(struct ward_looker *l, struct ward_gather_whole file)
{
	if (l->gather)
		ward_gather_give_back(l->gather, &file);
	else if (file.fd >= 0)
		(void)close(file.fd);
}

static void forget(struct ward_looker *l, struct ward_look *k)
{
	if (k->in)
		ward_inspection_drop(k->in);
	give_back(l, k->file);
	ward_report_fini(&k->report);
	ward_arena_fini(&k->arena);
	*k->held -= 1;
	free(k);
}

void ward_looker_fini(struct ward_looker *l)
{
	while (l->first) {
		struct ward_look *k = l->first;

		l->first = k->next;
		forget(l, k);
	}
	l->last = NULL;
	l->n = l->n_cell = 0;
}

enum ward_err ward_looker_add(struct ward_looker *l, const struct ward_event *about,
	const struct ward_gather_whole *file, size_t *held)
{
	struct ward_look *k = calloc(1, sizeof(*k));

	if (!k) {
		give_back(l, *file);
		return WARD_ERR_NOMEM;
	}
	k->file = *file;
	k->held = held;
	*held += 1;
	ward_arena_init(&k->arena, ward_mem_heap(), ARENA_MAX);
	ward_report_init(&k->report, &k->arena);
	enum ward_err err = ward_event_copy(about, &k->arena, &k->e);

	if (err) {
		forget(l, k);
		return err;
	}
	if (l->last)
		l->last->next = k;
	else
		l->first = k;
	l->last = k;
	l->n++;
	return WARD_OK;
}

/* Why nothing can be said of a file. */
static const char *why_not(enum ward_err err)
{
	return err == WARD_ERR_FOREIGN   ? WARD_TEXT("it is no regular file")
	       : err == WARD_ERR_SANDBOX ? WARD_TEXT("no cell could be made for it")
					 : WARD_TEXT("there is no memory for it");
}

enum ward_err ward_looker_unlooked(struct ward_looker *l, struct ward_event *about, const char *why)
{
	enum ward_err err = ward_file_verdict_put_unlooked(&l->verdict, why, about);

	l->n_unlooked++;
	if (l->seen)
		l->seen(l->seen_ctx, about, NULL, -1);
	return err ? err : l->put(l->ctx, about);
}

static enum ward_err tell(struct ward_looker *l, struct ward_look *k, enum ward_err was)
{
	if (was)
		return ward_looker_unlooked(l, &k->e, why_not(was));
	enum ward_err err = ward_file_verdict_put(&l->verdict, &k->report, &k->e);

	l->n_looked++;
	if (l->seen && !err)
		l->seen(l->seen_ctx, &k->e, &k->report, k->file.fd);
	return err ? err : l->put(l->ctx, &k->e);
}

/* The last part of a name, as the file itself has none but that. */
static struct ward_str base_of(struct ward_str name)
{
	size_t at = name.len;

	while (at && name.p[at - 1] != '/' && name.p[at - 1] != '\\')
		at--;
	return ward_str_sub(name, at, name.len);
}

static bool is_set(const struct ward_event *e, uint32_t name)
{
	const struct ward_value *v = ward_event_get(e, name);

	return v && v->kind == WARD_VALUE_BOOL && v->b;
}

/* Not all of it came; a coding that ends too early in what did is another thing. */
static bool is_cut(const struct ward_looker *l, const struct ward_event *e)
{
	const struct ward_value *v = ward_event_get(e, l->complete);

	return v && v->kind == WARD_VALUE_BOOL && !v->b &&
	       !ward_str_eqz(ward_event_str(e, l->end), "damaged");
}

static enum ward_err begin(struct ward_looker *l, struct ward_look *k)
{
	const struct ward_inspect_said said = {
		.name = base_of(ward_event_str(&k->e, WARD_FIELD_FILE_NAME)),
		.type = ward_event_str(&k->e, l->declared),
		.encoding = ward_event_str(&k->e, l->encoding),
		.cut = is_cut(l, &k->e),
		.part = is_set(&k->e, l->part),
		.differ = is_set(&k->e, l->differ)};

	return ward_inspection_begin(&l->cell, k->file.fd, &said, &k->report, &k->in);
}

size_t ward_looker_polls(
	const struct ward_looker *l, struct pollfd p[WARD_LOOKER_CELLS], int *ret_ms)
{
	size_t n = 0;

	*ret_ms = -1;
	for (const struct ward_look *k = l->first; k && n < WARD_LOOKER_CELLS; k = k->next) {
		if (!k->in) { /* it could begin */
			*ret_ms = 0;
			continue;
		}
		int left = ward_inspection_left_ms(k->in);

		p[n++] = (struct pollfd){.fd = ward_inspection_fd(k->in), .events = POLLIN};
		*ret_ms = *ret_ms < 0 || left < *ret_ms ? left : *ret_ms;
	}
	return n;
}

/* True: it is done with, err being what was said of it. */
static bool turn_one(struct ward_looker *l, struct ward_look *k, enum ward_err *err)
{
	if (!k->in) {
		enum ward_err was = begin(l, k);

		if (!was) {
			l->n_cell++;
			return false;
		}
		*err = tell(l, k, was);
		return true;
	}
	if (ward_inspection_hear(k->in))
		return false;
	enum ward_err was = ward_inspection_end(k->in);

	k->in = NULL;
	l->n_cell--;
	*err = tell(l, k, was);
	return true;
}

enum ward_err ward_looker_turn(struct ward_looker *l)
{
	struct ward_look **at = &l->first, *before = NULL;
	enum ward_err err = WARD_OK;

	while (*at && !err && ((*at)->in || l->n_cell < WARD_LOOKER_CELLS)) {
		struct ward_look *k = *at;

		if (!turn_one(l, k, &err)) {
			before = k;
			at = &k->next;
			continue;
		}
		*at = k->next;
		if (l->last == k)
			l->last = before;
		l->n--;
		forget(l, k);
	}
	return err;
}

enum ward_err ward_looker_finish(struct ward_looker *l)
{
	enum ward_err err = WARD_OK;

	while (l->first && !err) {
		struct pollfd p[WARD_LOOKER_CELLS];
		int ms;
		size_t n = ward_looker_polls(l, p, &ms);

		(void)poll(p, n, ms);
		err = ward_looker_turn(l);
	}
	return err;
}
