/* Whoever gets heads has each time the last one. What of the ledger is older than the head that a
 * witness has can't be changed or cut off unseen; so one follows soon after what somebody would
 * most like to be undone: an incident that ended, evidence that was handed out, a new key, a break.
 */
#include "respond/witness.h"

#include "comply/code.h"
#include "respond/available.h"
#include "respond/ladder.h"
#include "respond/message.h"

enum { TEXT_BYTES = 4096 };

void respond_witness_soon(struct ward_respond *r)
{
	r->witness.soon = r->witness.row;
}

void ward_respond_row(struct ward_respond *r, uint64_t row)
{
	r->witness.row = row;
}

/* What is no head of the notary's is none for a witness either. */
void ward_respond_head(struct ward_respond *r, struct ward_str json)
{
	struct ward_head h;

	if (ward_head_read(json, &h) || !ward_head_verify(&h)) {
		respond_count(r, "respond.unreadable");
		return;
	}
	if (h.what != WARD_HEAD_TREE) {
		respond_witness_soon(r);
		return;
	}
	r->witness.head = h;
	r->witness.known = true;
}

/* The head has all that was to be witnessed soon, and the one before had not. */
static bool matters(const struct ward_respond *r, const struct box *b)
{
	return r->witness.soon && r->witness.soon <= r->witness.head.tree.n &&
	       b->head_n < r->witness.soon;
}

static bool due(const struct ward_respond *r, size_t k, ward_ns now)
{
	const struct box *b = &r->box[k];
	ward_ns since = now - b->said;

	if (!r->witness.known || respond_is_slow(b->n_lost, b->lost, now))
		return false;
	if (ward_id_eq(b->says, ward_head_id(&r->witness.head)))
		return false;
	/* zeros: none was told, or the last one was lost */
	return ward_id_eq(b->says, (struct ward_id){{0}}) || !b->said || since < 0 ||
	       since >= r->o.listener[k].every ||
	       (since >= r->o.listener[k].at_most_each && matters(r, b));
}

bool respond_witness_newer(const struct ward_respond *r, size_t k)
{
	const struct box *b = &r->box[k];

	return r->witness.known && r->witness.head.tree.n > b->head_n && matters(r, b);
}

void respond_witness_queued(struct ward_respond *r, size_t k, const struct ward_conf *c)
{
	const struct ward_conf *n = ward_conf_get(c, "leaves");
	struct box *b = &r->box[k];
	uint64_t leaves;

	if (n && ward_str_u64(n->text, &leaves))
		b->head_n = leaves;
}

static void put_text(const struct ward_respond *r, size_t k, const char *code, struct ward_wr *w)
{
	struct ward_lang *lang = r->o.listener[k].lang;
	const struct ward_tree_head *t = &r->witness.head.tree;
	char when[40];
	struct ward_wr at = ward_wr_fixed(when, sizeof(when));
	struct brief b;

	ward_time_write(&at, t->time - t->time % WARD_NS_PER_S);
	WARD_SAY(w, lang, WARD_TEXT("Code of the ledger's {n} rows, signed {time}: {code}"),
		{"n", respond_digits(&b, t->n)}, {"time", ward_wr_text(&at)},
		{"code", ward_str_z(code)});
	ward_wr_z(w, "\n\n");
	ward_say(w, lang,
		WARD_TEXT("Keep it where nobody who administers Ward can change it: print it, or "
			  "leave this message where it is. By it anybody finds what was changed or "
			  "removed on Ward's record since:"));
	ward_wr_printf(w, "\nward audit verify --code %s\n", code);
}

static bool write_body(
	struct ward_respond *r, size_t k, const struct ward_delivery *d, const char *code)
{
	struct ward_lang *lang = r->o.listener[k].lang;
	struct ward_json j = ward_json_on(&r->body);
	char text[TEXT_BYTES], head[WARD_HEAD_JSON_MAX];
	struct ward_wr t = ward_wr_fixed(text, sizeof(text));
	struct ward_wr h = ward_wr_fixed(head, sizeof(head));

	put_text(r, k, code, &t);
	ward_head_write(&h, &r->witness.head);
	if (ward_wr_bad(&t) || ward_wr_bad(&h))
		return false;
	ward_wr_reset(&r->body);
	ward_json_obj(&j);
	respond_json_str(&j, "schema", WARD_STR("ward.head/1"));
	respond_put_head(&j, r, k, d->id, d->time);
	respond_json_str(&j, "subject",
		ward_lang_text(
			lang, ward_str_z(WARD_TEXT("Signed head of Ward's record, to be kept"))));
	respond_json_str(&j, "text", ward_wr_text(&t));
	respond_json_str(&j, "short", ward_str_z(code));
	respond_json_str(&j, "page", ward_str_z(code));
	respond_json_str(&j, "code", ward_str_z(code));
	ward_json_key(&j, "head"); /* byte for byte, as whoever verifies it reads it */
	ward_json_raw(&j, ward_wr_text(&h));
	ward_json_obj_end(&j);
	return !ward_wr_bad(&r->body);
}

static bool write_row(struct ward_respond *r, size_t k, const struct ward_delivery *d)
{
	struct ward_json j = ward_json_on(&r->row);
	char says[WARD_ID_TEXT];

	ward_wr_reset(&r->row);
	respond_begin_row(r, &j, "queued", d->id, k);
	ward_id_text(ward_head_id(&r->witness.head), says);
	ward_json_key(&j, "head");
	ward_json_z(&j, says);
	ward_json_key(&j, "leaves");
	ward_json_u64(&j, r->witness.head.tree.n);
	ward_json_key(&j, "body");
	ward_json_str(&j, ward_wr_text(&r->body));
	ward_json_obj_end(&j);
	return !ward_wr_bad(&r->row);
}

bool respond_witness_next(struct ward_respond *r, size_t k, ward_ns now, struct ward_delivery *ret)
{
	struct ward_delivery d = {.revision = 1, .time = now};
	char code[WARD_CODE_TEXT];
	struct ward_idgen g;
	struct ward_code c;

	if (!due(r, k, now))
		return false;
	ward_idgen_init(&g, "ward witness");
	ward_idgen_id(&g, respond_message_id(r, k, 0));
	ward_idgen_id(&g, ward_head_id(&r->witness.head));
	d.id = ward_idgen_final(&g);
	if (ward_code_of(&r->witness.head.tree, &c) != WARD_OK)
		return false; /* 2^40 rows */
	ward_code_text(&c, code);
	if (!write_body(r, k, &d, code) || !write_row(r, k, &d)) {
		respond_count(r, "respond.unwritten");
		return false;
	}
	d.json = ward_wr_text(&r->row);
	*ret = d;
	return true;
}
