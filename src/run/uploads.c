#include "run/uploads.h"

#include "base/diag.h"
#include "run/machines.h"
#include "sense/file/tell.h"

enum { ARENA_MAX = 1 << 20, FOUND_MAX = 256 << 10 };

static const ward_ns owed_for = 5 * WARD_NS_PER_S, kept_for = 120 * WARD_NS_PER_S;

/* ---- what is said ---- */

static void say(struct ward_uploads *u, uint32_t message, enum ward_err err, const char *why)
{
	u->say(u->ctx, message,
		&(struct ward_decided){
			.err = err, .why = ward_str_z(why ? why : ""), .json = WARD_STR("")});
}

static void answer(struct ward_uploads *u, struct ward_uploaded *x)
{
	x->owed = false;
	if (x->why)
		say(u, x->asked, WARD_ERR_STATE, x->why);
	else
		u->say(u->ctx, x->asked,
			&(struct ward_decided){
				.why = WARD_STR(""), .json = ward_wr_text(&x->found)});
}

/* It is done; why NULL: `found` has what was found. */
static void conclude(struct ward_uploads *u, struct ward_uploaded *x, const char *why)
{
	x->done = true;
	x->why = why;
	x->touched = ward_clock_mono(u->clock);
	if (x->owed)
		answer(u, x);
}

void ward_uploads_seen(
	struct ward_uploads *u, const struct ward_event *e, const struct ward_inspect_report *r)
{
	for (size_t i = 0; i < WARD_UPLOADS; i++) {
		struct ward_uploaded *x = &u->one[i];

		if (!x->number || !x->whole || x->done || !ward_id_eq(x->event, e->id))
			continue;
		if (!r) {
			conclude(u, x, WARD_TEXT("it could not be looked at; send it again later"));
			return;
		}
		struct ward_json j = ward_json_on(&x->found);

		ward_inspect_brief(&j, r, x->lang);
		conclude(u, x,
			ward_wr_bad(&x->found)
				? WARD_TEXT("it could not be looked at; send it again later")
				: NULL);
		return;
	}
}

/* ---- places ---- */

static void forget(struct ward_uploads *u, struct ward_uploaded *x)
{
	if (!x->whole) {
		struct ward_gather_whole w = ward_gather_end(u->gather, x->number);

		ward_gather_give_back(u->gather, &w);
	}
	ward_wr_fini(&x->found);
	*x = (struct ward_uploaded){.number = 0};
}

void ward_uploads_begin(struct ward_uploads *u)
{
	ward_arena_init(&u->arena, ward_mem_heap(), ARENA_MAX);
}

void ward_uploads_end(struct ward_uploads *u)
{
	for (size_t i = 0; i < WARD_UPLOADS; i++)
		if (u->one[i].number)
			forget(u, &u->one[i]);
	ward_arena_fini(&u->arena);
}

/* Whose answer was given, or who sends no more. */
static bool is_idle(const struct ward_uploads *u, const struct ward_uploaded *x)
{
	return !x->owed && (x->done || !x->whole) &&
	       ward_clock_mono(u->clock) - x->touched > kept_for;
}

static struct ward_id id_of(struct ward_str person, const struct ward_id *own)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward.upload");
	ward_idgen_str(&g, person);
	if (own)
		ward_idgen_id(&g, *own);
	return ward_idgen_final(&g);
}

/* Whoever sends it again, since it could not be looked at or another by the same id, makes another
 * event: numbers are of this life, so the time is in it. */
static struct ward_id event_of(const struct ward_uploads *u, struct ward_id id)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward.upload.event");
	ward_idgen_id(&g, id);
	ward_idgen_u64(&g, u->numbers);
	ward_idgen_u64(&g, (uint64_t)ward_clock_now(u->clock));
	return ward_idgen_final(&g);
}

static struct ward_lang *lang_of(const struct ward_uploads *u, struct ward_str code)
{
	for (size_t i = 0; i < WARD_UPLOADS_LANGUAGES; i++)
		if (u->lang[i] && ward_str_eq(ward_lang_code(u->lang[i]), code))
			return u->lang[i];
	return NULL;
}

static bool is_machine(struct ward_str person)
{
	return ward_str_starts(person, WARD_STR(WARD_MACHINE_PREFIX));
}

/* A place for what begins; NULL: there is none. What is looked at no more makes room first. */
static struct ward_uploaded *place(struct ward_uploads *u, struct ward_id person, bool machine)
{
	struct ward_uploaded *free_one = NULL, *done = NULL;
	size_t own = 0, machines = 0;

	for (size_t i = 0; i < WARD_UPLOADS; i++) {
		struct ward_uploaded *x = &u->one[i];

		if (!x->number)
			free_one = x;
		else if (x->done && !x->owed)
			done = !done || x->touched < done->touched ? x : done;
		else {
			own += ward_id_eq(x->person, person);
			machines += x->machine;
		}
	}
	if (own >= WARD_UPLOADS_OF_ONE || (machine && machines >= WARD_UPLOADS_MACHINES))
		return NULL;
	if (!free_one && done)
		forget(u, free_one = done);
	return free_one;
}

static struct ward_uploaded *begin(
	struct ward_uploads *u, struct ward_str person, const struct ward_upload_piece *p)
{
	struct ward_id who = id_of(person, NULL);
	bool machine = is_machine(person);
	struct ward_uploaded *x = place(u, who, machine);

	if (!x)
		return NULL;
	*x = (struct ward_uploaded){.number = ++u->numbers,
		.id = id_of(person, &p->id),
		.event = event_of(u, id_of(person, &p->id)),
		.person = who,
		.machine = machine,
		.size = p->size,
		.lang = lang_of(u, p->language),
		.found = ward_wr_grow(ward_mem_heap(), FOUND_MAX)};
	ward_gather_begin(u->gather, x->number, true);
	return x;
}

/* ---- a piece ---- */

static enum ward_err describe(struct ward_uploads *u, const struct ward_uploaded *x,
	struct ward_str person, const struct ward_upload_piece *p, struct ward_event *e)
{
	ward_arena_reset(&u->arena);
	ward_event_init(e, &u->arena);
	bool machine = is_machine(person);

	e->source = ward_name(u->names, machine ? person : WARD_STR("console"));
	e->time = e->seen = ward_clock_now(u->clock);
	e->id = x->event;
	enum ward_err err = ward_event_set(e, WARD_FIELD_FILE_NAME, ward_value_str(p->name));

	if (!err && p->type.len)
		err = ward_event_set(e, ward_name(u->names, WARD_STR("file.mime_declared")),
			ward_value_str(p->type));
	if (!err)
		err = ward_event_set(e, WARD_FIELD_FILE_BYTES, ward_value_int((int64_t)x->size));
	if (err)
		return err;
	return machine ? ward_event_set(e, ward_name(u->names, WARD_STR("file.machine")),
				 ward_value_str(ward_str_sub(
					 person, sizeof(WARD_MACHINE_PREFIX) - 1, person.len)))
		       : ward_event_set(e, WARD_FIELD_USER, ward_value_str(person));
}

/* All of it came. */
static enum ward_err look(struct ward_uploads *u, struct ward_uploaded *x, struct ward_str person,
	const struct ward_upload_piece *p)
{
	struct ward_gather_whole file = ward_gather_end(u->gather, x->number);
	struct ward_event e;

	x->whole = true;
	if (file.fd < 0 || file.size != x->size) {
		ward_gather_give_back(u->gather, &file);
		conclude(u, x,
			file.why ? file.why
				 : WARD_TEXT("it could not be looked at; send it again later"));
		return WARD_OK;
	}
	enum ward_err err = describe(u, x, person, p, &e);

	if (err)
		ward_gather_give_back(u->gather, &file);
	return err ? err : ward_looker_add(u->looker, &e, &file, &u->n_looked);
}

enum ward_err ward_uploads_take(struct ward_uploads *u, struct ward_str person,
	const struct ward_upload_piece *p, uint32_t message)
{
	struct ward_id id = id_of(person, &p->id);
	struct ward_uploaded *x = NULL;

	for (size_t i = 0; i < WARD_UPLOADS && !x; i++)
		x = u->one[i].number && ward_id_eq(u->one[i].id, id) ? &u->one[i] : NULL;
	if (!x && !p->off && !(x = begin(u, person, p))) {
		say(u, message, WARD_ERR_AGAIN,
			WARD_TEXT("many files are being looked at: wait for an answer, then send "
				  "the next"));
		return WARD_OK;
	}
	if (!x || x->size != p->size || p->off > x->off) {
		say(u, message, WARD_ERR_MALFORMED,
			WARD_TEXT("this piece does not go on where the last one ended: send the "
				  "file again, from its beginning and under another id"));
		return WARD_OK;
	}
	x->touched = ward_clock_mono(u->clock);
	if (p->off == x->off && p->bytes.len && !x->whole) {
		ward_gather_bytes(u->gather, x->number, p->off, p->bytes);
		x->off += (uint32_t)p->bytes.len;
	}
	if (x->off < x->size) { /* also of one that came before */
		say(u, message, WARD_OK, NULL);
		return WARD_OK;
	}
	if (!x->owed || x->asked != message)
		x->since = x->touched;
	x->asked = message;
	x->owed = true;
	if (x->done)
		answer(u, x);
	return x->whole ? WARD_OK : look(u, x, person, p);
}

void ward_uploads_tick(struct ward_uploads *u)
{
	ward_ns now = ward_clock_mono(u->clock);

	for (size_t i = 0; i < WARD_UPLOADS; i++) {
		struct ward_uploaded *x = &u->one[i];

		if (x->number && x->owed && now - x->since > owed_for) {
			x->owed = false;
			say(u, x->asked, WARD_OK, NULL);
		}
		if (x->number && is_idle(u, x))
			forget(u, x);
	}
}
