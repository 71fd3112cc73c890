/* Events of the DICOM dissector. No value of a data set is in any of them but the query level. */
#include "sense/net/proto/dicom/names.h"
#include "sense/net/proto/dicom/stream.h"
#include "sense/net/emit.h"

enum { TEXT = 64, JOINED = 256 };

static const char *const fixed_names[] = {
#define X(IDENT, name) name,
	WARD_DICOM_NAME_LIST(X)
#undef X
};

/* After the fixed names, a class per command. */
bool ward_dicom_name_at(size_t i, struct ward_wr *w)
{
	if (i < WARD_DICOM_NAME_N) {
		ward_wr_z(w, fixed_names[i]);
		return true;
	}
	const char *command = ward_dicom_command_nth(i - WARD_DICOM_NAME_N);

	if (!command)
		return false;
	ward_wr_z(w, "net.dicom.");
	ward_wr_z(w, command);
	return true;
}

#define NAME(ident) (d->name[WARD_DICOM_NAME_##ident])

static struct ward_dicom_flow *flow_of(const struct ward_dissect *d)
{
	return d->flow;
}

/* The packet's addresses, turned so that side `from` is the source. */
static void put_packet(const struct ward_dissect *d, unsigned from)
{
	if (ward_dicom_side_of(d) == from)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
}

/* ISO 646 as the standard has it; anything else becomes a question mark. */
static struct ward_str clean(struct ward_str s, char ret[TEXT])
{
	size_t n = s.len < TEXT ? s.len : TEXT;

	for (size_t i = 0; i < n; i++)
		ret[i] = (char)(s.p[i] >= 0x20 && s.p[i] <= 0x7e ? s.p[i] : '?');
	return (struct ward_str){ret, n};
}

static void put_text(const struct ward_dissect *d, uint32_t field, struct ward_str s)
{
	char text[TEXT];

	if (s.len)
		ward_emit_str(d->net, field, clean(s, text));
}

static void put_number(const struct ward_dissect *d, uint32_t field, int64_t v)
{
	if (v >= 0)
		ward_emit_int(d->net, field, v);
}

static void put_named(const struct ward_dissect *d, uint32_t field, const char *name, int64_t v)
{
	if (name)
		ward_emit_z(d->net, field, name);
	else
		ward_emit_int(d->net, field, v);
}

static void put_uid(const struct ward_dissect *d, uint32_t field, struct ward_slice uid)
{
	const char *name = ward_dicom_uid_name(uid);

	if (name)
		ward_emit_z(d->net, field, name);
	else if (uid.len)
		ward_emit_str(d->net, field, ward_slice_text(uid));
}

static void put_titles(const struct ward_dissect *d)
{
	put_text(d, NAME(CALLING), ward_dicom_title_str(&flow_of(d)->calling));
	put_text(d, NAME(CALLED), ward_dicom_title_str(&flow_of(d)->called));
}

static void put_duration(const struct ward_dissect *d, ward_ns begin)
{
	ward_ns now = d->net->frame->time;

	if (now >= begin)
		ward_emit_int(d->net, WARD_FIELD_DURATION_NS, now - begin);
}

/* Text in the event's arena; empty when there is no room (then the event is lost anyway). */
static struct ward_value copied(const struct ward_dissect *d, struct ward_str s)
{
	struct ward_str copy = s.len ? ward_arena_str(&d->net->arena, s) : WARD_STR("");

	return ward_value_str(copy.p ? copy : WARD_STR(""));
}

static struct ward_value uid_value(const struct ward_dissect *d, struct ward_slice uid)
{
	const char *name = ward_dicom_uid_name(uid);

	return name ? ward_value_str(ward_str_z(name)) : copied(d, ward_slice_text(uid));
}

/* All transfer syntaxes of one context, with blanks between. */
static struct ward_value transfers(const struct ward_dissect *d, struct ward_slice items)
{
	char text[JOINED];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_slice one;

	while (ward_dicom_transfer_next(&items, &one)) {
		const char *name = ward_dicom_uid_name(one);
		size_t before = w.len;

		if (before)
			ward_wr_ch(&w, ' ');
		ward_wr_str(&w, name ? ward_str_z(name) : ward_slice_text(one));
		if (ward_wr_bad(&w)) {
			w.len = before;
			break;
		}
	}
	return copied(d, ward_wr_text(&w));
}

enum column { COL_ID, COL_RESULT, COL_ABSTRACT, COL_TRANSFER, COL_N };

static struct ward_value cell(const struct ward_dissect *d, const struct ward_dicom_associate *a,
	size_t i, enum column col)
{
	const struct ward_dicom_context *c = &a->context[i];
	const char *name;

	switch (col) {
	case COL_ID:
		return ward_value_int(c->id);
	case COL_RESULT:
		name = ward_dicom_result_name(c->result);
		return name ? ward_value_str(ward_str_z(name)) : ward_value_int(c->result);
	case COL_ABSTRACT:
		if (!a->accept)
			return uid_value(d, c->abstract);
		name = ward_dicom_uid_nth(flow_of(d)->context[c->id / 2].abstract);
		return ward_value_str(name ? ward_str_z(name) : WARD_STR(""));
	case COL_TRANSFER:
		if (a->accept && c->result != 0) /* 9.3.3.2: not significant */
			return ward_value_str(WARD_STR(""));
		return transfers(d, c->transfer);
	case COL_N:
	default:
		return ward_value_int(0);
	}
}

/* Lists of equal length: the i-th entries belong together. */
static void put_contexts(const struct ward_dissect *d, const struct ward_dicom_associate *a)
{
	const uint32_t field[COL_N] = {NAME(CONTEXT), NAME(RESULT), NAME(ABSTRACT), NAME(TRANSFER)};
	size_t accepted = 0;

	for (size_t i = 0; i < a->n_context; i++)
		accepted += a->context[i].result == 0;
	ward_emit_int(d->net, NAME(CONTEXTS), (int64_t)a->n_context_seen);
	if (a->accept)
		ward_emit_int(d->net, NAME(ACCEPTED), (int64_t)accepted);
	for (unsigned c = 0; a->n_context && c < COL_N; c++) {
		struct ward_value *list;

		if ((c == COL_RESULT && !a->accept) ||
			!(list = ward_emit_items(d->net, a->n_context)))
			continue;
		for (size_t i = 0; i < a->n_context; i++)
			list[i] = cell(d, a, i, (enum column)c);
		ward_emit_list(d->net, field[c], list, (uint32_t)a->n_context);
	}
}

static void put_user(const struct ward_dissect *d, const struct ward_dicom_associate *a)
{
	if (a->has_max_length)
		ward_emit_int(d->net, NAME(MAX_LENGTH), a->max_length);
	if (a->implementation.len)
		ward_emit_str(d->net, NAME(IMPLEMENTATION), ward_slice_text(a->implementation));
	put_text(d, NAME(VERSION), ward_slice_text(a->implementation_version));
	if (a->has_async) {
		ward_emit_int(d->net, NAME(INVOKED), a->invoked);
		ward_emit_int(d->net, NAME(PERFORMED), a->performed);
	}
	if (a->n_role)
		ward_emit_int(d->net, NAME(ROLES), (int64_t)a->n_role);
	if (a->identity)
		put_named(d, NAME(IDENTITY), ward_dicom_identity_name(a->identity), a->identity);
	else if (a->identity_answered)
		ward_emit_z(d->net, NAME(IDENTITY), "answered");
	if (a->fault.reason != WARD_DICOM_REASON_N)
		ward_emit_z(d->net, NAME(MALFORMED), ward_dicom_reasons[a->fault.reason]);
}

void ward_dicom_tell_associate(struct ward_dissect *d, const struct ward_dicom_associate *a)
{
	if (!ward_emit_begin(d->net, NAME(CLASS_ASSOCIATE)))
		return;
	put_packet(d, flow_of(d)->requestor);
	put_titles(d);
	put_uid(d, NAME(APPLICATION), a->application);
	put_contexts(d, a);
	put_user(d, a);
	ward_emit_end(d->net);
}

void ward_dicom_tell_accepted(struct ward_dissect *d, const struct ward_dicom_associate *a)
{
	if (!ward_emit_begin(d->net, NAME(CLASS_ACCEPTED)))
		return;
	put_packet(d, flow_of(d)->requestor);
	put_titles(d);
	put_contexts(d, a);
	put_user(d, a);
	put_duration(d, flow_of(d)->begin);
	ward_emit_end(d->net);
}

void ward_dicom_tell_rejected(struct ward_dissect *d, const uint8_t why[3])
{
	static const char *const sources[] = {
		NULL, "service-user", "service-provider-acse", "service-provider-presentation"};

	if (!ward_emit_begin(d->net, NAME(CLASS_REJECTED)))
		return;
	put_packet(d, flow_of(d)->requestor);
	put_titles(d);
	put_named(d, NAME(REJECTED), ward_dicom_reject_result(why[0]), why[0]);
	put_named(
		d, NAME(SOURCE), why[1] < WARD_ARRAY_LEN(sources) ? sources[why[1]] : NULL, why[1]);
	put_named(d, NAME(WHY), ward_dicom_reject_name(why[1], why[2]), why[2]);
	if (flow_of(d)->state == WARD_DICOM_ASKED)
		put_duration(d, flow_of(d)->begin);
	ward_emit_end(d->net);
}

void ward_dicom_tell_end(
	struct ward_dissect *d, enum ward_dicom_name class, unsigned from, const uint8_t why[2])
{
	static const char *const sources[] = {"service-user", NULL, "service-provider"};
	const struct ward_dicom_flow *f = d->flow;

	if (!ward_emit_begin(d->net, d->name[class]))
		return;
	put_packet(d, from);
	put_titles(d);
	if (why) {
		put_named(d, NAME(SOURCE),
			why[0] < WARD_ARRAY_LEN(sources) ? sources[why[0]] : NULL, why[0]);
		/* 9.3.8: of a service user the reason is not significant. */
		if (why[0] == 2)
			put_named(d, NAME(WHY), ward_dicom_abort_name(why[1]), why[1]);
	}
	if (f->state == WARD_DICOM_ASKED || f->state == WARD_DICOM_OPEN)
		put_duration(d, f->begin);
	ward_emit_int(d->net, NAME(REQUESTS), (int64_t)f->n_request);
	ward_emit_int(d->net, NAME(FAILED_REQUESTS), (int64_t)f->n_failed);
	ward_emit_int(d->net, NAME(UNANSWERED), (int64_t)f->n_unanswered);
	ward_emit_int(d->net, NAME(BYTES), (int64_t)f->bytes[0]);
	ward_emit_int(d->net, NAME(BYTES_BACK), (int64_t)f->bytes[1]);
	ward_emit_end(d->net);
}

static struct ward_value tag_value(const struct ward_dissect *d, uint32_t tag)
{
	static const char digit[] = "0123456789abcdef";
	const char *name = ward_dicom_tag_name(tag);
	char hex[8];

	if (name)
		return ward_value_str(ward_str_z(name));
	for (unsigned i = 0; i < 8; i++)
		hex[i] = digit[tag >> (28 - 4 * i) & 15];
	return copied(d, (struct ward_str){hex, 8});
}

/* Which attributes a query asked for; valued: only those that it gave a value to match. */
static void put_keys(const struct ward_dissect *d, uint32_t field,
	const struct ward_dicom_pending *p, bool valued)
{
	struct ward_value *list = p->n_key ? ward_emit_items(d->net, p->n_key) : NULL;
	uint32_t n = 0;

	if (!list)
		return;
	for (uint32_t i = 0; i < p->n_key; i++)
		if (!valued || p->valued >> i & 1)
			list[n++] = tag_value(d, p->key[i]);
	ward_emit_list(d->net, field, list, n);
}

static void put_answer(const struct ward_dissect *d, const struct ward_dicom_pending *p)
{
	bool answered = p->status >= 0;
	const char *outcome = answered ? ward_dicom_status_name((uint16_t)p->status)
				       : ward_dissect_silence(d, p->side != 0);

	put_number(d, NAME(STATUS), p->status);
	/* Told only when it ended: an answer that promised more did not come true. */
	ward_emit_z(
		d->net, NAME(OUTCOME), strcmp(outcome, "pending") != 0 ? outcome : "unfinished");
	put_number(d, NAME(SUB_REMAINING), p->remaining);
	put_number(d, NAME(SUB_COMPLETED), p->completed);
	put_number(d, NAME(SUB_FAILED), p->failed);
	put_number(d, NAME(SUB_WARNING), p->warning);
	if (p->n_pending)
		ward_emit_int(d->net, NAME(RESPONSES), p->n_pending);
	if (p->cancelled)
		ward_emit_bool(d->net, NAME(CANCELLED), true);
	ward_emit_int(d->net, NAME(BYTES), (int64_t)p->bytes);
	ward_emit_int(d->net, NAME(BYTES_BACK), (int64_t)p->bytes_back);
	if (p->late)
		ward_emit_bool(d->net, NAME(LATE), true);
	else if (answered)
		put_duration(d, p->begin);
}

void ward_dicom_tell_request(struct ward_dissect *d, const struct ward_dicom_pending *p)
{
	size_t at = ward_dicom_command_at(p->field);

	WARD_ASSERT(at < ward_dicom_command_count()); /* ward_dicom_command refuses others */
	if (!ward_emit_begin(d->net, d->name[WARD_DICOM_NAME_N + at]))
		return;
	put_packet(d, p->side);
	put_titles(d);
	ward_emit_int(d->net, NAME(MESSAGE_ID), p->id);
	ward_emit_int(d->net, NAME(CONTEXT), p->context);
	put_uid(d, NAME(SOP_CLASS), ward_slice_of(p->sop_class.p, p->sop_class.len));
	put_uid(d, NAME(SOP_INSTANCE), ward_slice_of(p->sop_instance.p, p->sop_instance.len));
	put_number(d, NAME(PRIORITY), p->priority);
	put_number(d, p->field == 0x0100 ? NAME(EVENT_TYPE) : NAME(ACTION_TYPE), p->type);
	put_text(d, NAME(DESTINATION), ward_dicom_title_str(&p->destination));
	put_text(d, NAME(ORIGINATOR), ward_dicom_title_str(&p->originator));
	if (p->level)
		ward_emit_z(d->net, NAME(LEVEL), ward_dicom_level_nth(p->level));
	put_keys(d, NAME(KEYS), p, false);
	put_keys(d, NAME(KEYS_VALUED), p, true);
	if (p->n_key_seen)
		ward_emit_int(d->net, NAME(N_KEYS), p->n_key_seen);
	put_answer(d, p);
	ward_emit_end(d->net);
}

/* What a file has in front of its data set. Without the association, or in a transfer syntax that
 * has no name here, nobody could read it by that: then there is none. */
static void give_head(
	struct ward_dissect *d, struct ward_dicom_side *s, const struct ward_dicom_pending *p)
{
	const struct ward_dicom_flow *f = d->flow;
	char uid[WARD_DICOM_UID];
	uint8_t bytes[WARD_DICOM_HEAD];
	struct ward_wr transfer = ward_wr_fixed(uid, sizeof(uid)),
		       w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_dicom_uid_write(&transfer, f->context[p->context / 2].transfer);
	if (!ward_dicom_head((struct ward_str){p->sop_class.p, p->sop_class.len},
		    (struct ward_str){p->sop_instance.p, p->sop_instance.len},
		    ward_wr_text(&transfer), &w))
		return;
	ward_carve_bytes(d->net, s->file, 0, ward_wr_slice(&w));
	s->file_at = w.len;
}

void ward_dicom_begin_file(struct ward_dissect *d, const struct ward_dicom_pending *p)
{
	const struct ward_dicom_flow *f = d->flow;
	struct ward_dicom_side *s =
		&((struct ward_dicom_flow *)d->flow)->side[ward_dicom_side_of(d)];
	struct ward_file_meta m = {.service = d->module->name};
	const char *class = ward_dicom_uid_name(ward_slice_of(p->sop_class.p, p->sop_class.len));
	const char *transfer = ward_dicom_uid_nth(f->context[p->context / 2].transfer);
	char calling[TEXT], called[TEXT];

	ward_file_note(
		&m, d->net->name[WARD_NET_NAME_FILE_DECLARED], WARD_STR("application/dicom"));
	ward_file_note(&m, NAME(CALLING), clean(ward_dicom_title_str(&f->calling), calling));
	ward_file_note(&m, NAME(CALLED), clean(ward_dicom_title_str(&f->called), called));
	ward_file_note(&m, NAME(SOP_CLASS),
		class ? ward_str_z(class) : (struct ward_str){p->sop_class.p, p->sop_class.len});
	ward_file_note(
		&m, NAME(SOP_INSTANCE), (struct ward_str){p->sop_instance.p, p->sop_instance.len});
	ward_file_note(&m, NAME(TRANSFER), ward_str_z(transfer));
	s->file = ward_carve_begin(d, &m);
	s->file_at = 0;
	if (s->file)
		give_head(d, s, p);
}
