/* What the hospital can do for patients (care/care.h), as EDXL-HAVE or FHIR for who asked for it.
 *
 * It is looked at again when a row or an entry is new, and from time to time, since time alone
 * brings a forecast about and ends an entry. What a message says is remembered as an id of its text
 * without its own time, so that who has it is told again only by the timer. */
#include "respond/available.h"

#include "care/have.h"
#include "care/past.h"
#include "xml/write.h"

enum { ARENA_BYTES = 256 << 20, DOCUMENT_MAX = 1 << 20 };

/* Much happens at once: then all of it is looked at once. */
static const ward_ns look_least = WARD_NS_PER_S, look_every = 10 * WARD_NS_PER_S;

/* As it was looked at last. */
struct available {
	struct ward_care_past *past;
	const struct ward_care_entry *entry;
	size_t n_entry;
	bool entered; /* the entries are known */
	uint64_t version, seen;
	bool good; /* `is` is as of `looked`, and what each listener would be told */
	ward_ns looked;
	struct ward_arena arena;
	struct ward_availability is;
	struct ward_id says[WARD_RECIPIENTS_MAX];
};

enum ward_err respond_available_new(struct ward_respond *r)
{
	struct available *a = ward_mem_alloc(r->o.mem, sizeof(*a));

	if (!a)
		return WARD_ERR_NOMEM;
	ward_arena_init(&a->arena, r->o.mem, ARENA_BYTES);
	r->available = a;
	return ward_care_past_new(r->o.mem, &a->past);
}

void respond_available_free(struct ward_respond *r)
{
	struct available *a = r->available;

	if (!a)
		return;
	ward_care_past_free(a->past);
	ward_arena_fini(&a->arena);
	ward_mem_free(r->o.mem, a, sizeof(*a));
}

void ward_respond_entries(struct ward_respond *r, const struct ward_care_entry *entry, size_t n)
{
	struct available *a = r->available;

	if (!a)
		return;
	a->entry = entry;
	a->n_entry = n;
	a->entered = true;
	a->good = false; /* it borrows them */
	a->looked = 0;
	a->version++;
}

size_t ward_respond_unknown(const struct ward_respond *r)
{
	return r->available && r->available->good ? r->available->is.n_unknown : 0;
}

enum ward_err respond_available_record(struct ward_respond *r, const struct ward_record *rec)
{
	struct available *a = r->available;
	uint64_t before;

	if (!a)
		return WARD_OK;
	before = ward_care_past_forgotten(a->past);
	enum ward_err err = ward_care_past_take(a->past, rec);

	if (ward_care_past_forgotten(a->past) != before)
		respond_count(r, "respond.availability_forgotten");
	return err;
}

bool respond_available_save(const struct ward_respond *r, struct ward_wr *w)
{
	return !r->available || ward_care_past_save(r->available->past, w);
}

enum ward_err respond_available_load(struct ward_respond *r, struct ward_rd *rd)
{
	return r->available ? ward_care_past_load(r->available->past, rd) : WARD_OK;
}

/* ---- what it says ---- */

struct document {
	struct ward_care_export x;
	struct ward_exchange_envelope e;
	enum ward_standard is;
};

static void write(const struct document *d, struct ward_wr *w)
{
	struct ward_xml xml;

	if (d->is == WARD_STANDARD_SANER) {
		ward_care_write_saner(&d->x, w);
		return;
	}
	xml = ward_xml_on(w);
	if (d->x.undated) {
		ward_care_put_have(&d->x, &xml);
		return;
	}
	ward_exchange_de_begin(&xml, &d->e);
	ward_exchange_de_to(&xml, &d->e);
	ward_exchange_de_content(&xml, "EDXL-HAVE 1.0", WARD_STR(""));
	ward_care_put_have(&d->x, &xml);
	ward_exchange_de_content_end(&xml);
	ward_xml_end(&xml);
}

/* Wards by name, and what is to come of them: a field of its own in content/sharing.yml. */
static bool may_leave(struct ward_respond *r, size_t k, struct ward_exchange_envelope *e)
{
	struct ward_exchange none = {.n_incident = 0};
	struct ward_shared did = {.mem = r->o.mem};
	struct ward_diag diag;

	ward_diag_init(&diag, r->o.mem);
	enum ward_err err =
		ward_share(r->o.sharing, &r->o.listener[k].share, &none, r->o.mem, &diag, &did);
	bool may = !err && did.why[WARD_SHARE_IMPACT] == WARD_SHARE_LEAVES;

	e->tlp = none.tlp;
	e->recipient = none.recipient;
	ward_shared_fini(&did);
	ward_diag_fini(&diag);
	return may;
}

static void begin(struct ward_respond *r, size_t k, struct document *d)
{
	const struct ward_listener *l = &r->o.listener[k];

	*d = (struct document){.x = {.c = &r->available->is,
				       .m = r->o.model,
				       .lang = l->lang,
				       .exercise = r->o.exercise},
		.e = {.sender = l->sender,
			.status = r->o.exercise ? "Exercise" : "Actual",
			.type = "Report",
			.language = ward_lang_code(l->lang),
			.country = ward_model_hospital(r->o.model)->country},
		.is = l->sends};
}

static bool digest(struct ward_respond *r, size_t k)
{
	struct ward_wr w = ward_wr_grow(r->o.mem, 16 * DOCUMENT_MAX);
	struct ward_idgen g;
	struct document d;

	begin(r, k, &d);
	d.x.undated = true;
	write(&d, &w);
	ward_idgen_init(&g, "ward availability");
	ward_idgen_str(&g, ward_wr_text(&w));
	r->available->says[k] = ward_idgen_final(&g);
	bool ok = !ward_wr_bad(&w);

	ward_wr_fini(&w);
	return ok;
}

/* False: it can't be said how things stand. */
static bool look(struct ward_respond *r, ward_ns now)
{
	struct available *a = r->available;
	uint64_t version = a->version + ward_care_past_version(a->past);
	ward_ns age = now - a->looked;
	struct ward_care_ask ask = {
		.m = r->o.model, .entry = a->entry, .n_entry = a->n_entry, .at = now};

	if (!a->entered)
		return false;
	if (a->looked && age >= 0 && age < (version == a->seen ? look_every : look_least))
		return a->good;
	ward_arena_reset(&a->arena);
	enum ward_err err = ward_care_past_ask(a->past, &a->arena, &ask);

	if (!err)
		err = ward_availability_find(&ask, &a->arena, &a->is);
	a->good = !err;
	for (size_t k = 0; k < r->o.n_listener && a->good; k++)
		if (ward_standard_is_availability(r->o.listener[k].sends))
			a->good = digest(r, k);
	a->looked = now;
	a->seen = version;
	if (!a->good)
		respond_count(r, "respond.unwritten");
	return a->good;
}

/* ---- when it is told ---- */

bool respond_available_due(struct ward_respond *r, size_t k, ward_ns now)
{
	const struct ward_listener *l = &r->o.listener[k];
	const struct box *b = &r->box[k];
	ward_ns since = now - b->said;

	if ((!b->pending && respond_is_slow(b->n_lost, b->lost, now)) || !look(r, now))
		return false;
	if (!b->said || since >= l->every || since < 0) /* the clock was set back */
		return true;
	return since >= l->at_most_each && !ward_id_eq(b->says, r->available->says[k]);
}

static bool write_row(struct ward_respond *r, size_t k, const struct ward_delivery *d)
{
	struct ward_json j = ward_json_on(&r->row);
	char says[WARD_ID_TEXT];

	ward_wr_reset(&r->row);
	respond_begin_row(r, &j, "queued", d->id, k);
	ward_id_text(r->available->says[k], says);
	ward_json_key(&j, "availability");
	ward_json_z(&j, says);
	ward_json_key(&j, "body"); /* as text: it is sent byte for byte, under its signature */
	ward_json_str(&j, ward_wr_text(&r->body));
	ward_json_obj_end(&j);
	return !ward_wr_bad(&r->row) && !ward_wr_bad(&r->body);
}

/* As it is looked at, dated now. */
static bool write_body(
	struct ward_respond *r, size_t k, const struct ward_delivery *d, struct document *doc)
{
	struct ward_availability of_now = r->available->is;
	struct ward_wr w = ward_wr_grow(r->o.mem, DOCUMENT_MAX);

	of_now.at = d->time;
	doc->x.c = &of_now;
	doc->e.id = d->id;
	doc->e.sent = d->time;
	write(doc, &w);
	ward_wr_reset(&r->body);
	if (r->o.listener[k].topics)
		respond_put_status(r, k, d, ward_standard_name(doc->is), ward_wr_text(&w));
	else
		ward_wr_str(&r->body, ward_wr_text(&w));
	bool ok = !ward_wr_bad(&w);

	ward_wr_fini(&w);
	return ok && write_row(r, k, d);
}

bool respond_available_next(
	struct ward_respond *r, size_t k, ward_ns now, struct ward_delivery *ret)
{
	struct ward_delivery d = {.id = respond_message_id(r, k, 0), .revision = 1, .time = now};
	struct document doc;

	if (!respond_available_due(r, k, now))
		return false;
	begin(r, k, &doc);
	if (!may_leave(r, k, &doc.e)) {
		respond_count(r, "respond.not_shared");
		r->available->good = false;
		return false;
	}
	bool ok = write_body(r, k, &d, &doc);

	if (!ok) { /* of many wards the sums */
		doc.x.brief = true;
		ok = write_body(r, k, &d, &doc);
	}
	if (!ok) {
		respond_count(r, "respond.unwritten");
		r->available->good = false; /* till the next look */
		return false;
	}
	d.json = ward_wr_text(&r->row);
	*ret = d;
	return true;
}
