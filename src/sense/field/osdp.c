/* docs/osdp.md; clauses of IEC 60839-11-5 */
#include "sense/field/osdp.h"

enum {
	BUFFER = 2 * WARD_OSDP_FRAME_MAX,
	ARENA_BYTES = 1 << 18,
	UNANSWERED_MAX = 8, /* commands in a row: the reader is gone */
	CLEAR_MAX = 32,     /* polls in the clear in a row: no secure channel is being made */
	POINTS = 32,        /* inputs and readers of one device whose state is remembered */
	NAK_N = 10,
	SCS_12 = 0x12,
	SCS_15 = 0x15,
	NOBODY = 0xff,
};

/* What of a reader was told; each once. */
enum { TOLD_CLEAR = 1, TOLD_DEFAULT_KEY = 2 };

struct reader {
	uint8_t unanswered, clear, told;
	bool heard, offline, tamper, no_power;
	uint8_t n_input, input[POINTS], n_head, head[POINTS];
	uint16_t naks; /* bit: reason that was told since it last did as it was told */
};

struct ward_osdp {
	struct ward_osdp_opts opts;
	struct reader reader[WARD_OSDP_ADDRESSES];
	struct ward_arena arena;
	uint32_t source, osdp_command, bits, n_keys;
	struct ward_event_origin origin;
	uint8_t buf[BUFFER];
	size_t n_buf;
	uint64_t off;    /* of buf in the line */
	uint32_t n_said; /* of the frame in hand */
	ward_ns now;
	uint8_t asked;      /* address of the last command, NOBODY */
	const char *asking; /* its name */
};

enum ward_err ward_osdp_new(const struct ward_osdp_opts *opts, struct ward_osdp **ret)
{
	struct ward_osdp *o = ward_mem_alloc(opts->mem, sizeof(*o));
	struct ward_str source = opts->source.len ? opts->source : WARD_STR("osdp");

	if (!o)
		return WARD_ERR_NOMEM;
	o->opts = *opts;
	o->asked = NOBODY;
	o->source = ward_name(opts->names, source);
	o->osdp_command = ward_name(opts->names, WARD_STR("osdp.command"));
	o->bits = ward_name(opts->names, WARD_STR("osdp.bits"));
	o->n_keys = ward_name(opts->names, WARD_STR("osdp.keys"));
	o->origin = ward_event_origin(source, opts->epoch);
	ward_arena_init(&o->arena, opts->mem, ARENA_BYTES);
	*ret = o;
	return WARD_OK;
}

void ward_osdp_free(struct ward_osdp *o)
{
	const struct ward_mem *mem = o ? o->opts.mem : NULL;

	if (!o)
		return;
	ward_arena_fini(&o->arena);
	ward_wipe(o->buf, sizeof(o->buf));
	ward_mem_free(mem, o, sizeof(*o));
}

/* ---- events ---- */

static enum ward_err begin(
	struct ward_osdp *o, struct ward_event *e, enum ward_class class, uint8_t address)
{
	uint8_t buf[256];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	ward_arena_reset(&o->arena);
	ward_event_init(e, &o->arena);
	e->id = ward_event_id_at(&o->origin, o->off, o->n_said++);
	e->time = e->seen = o->now;
	e->source = o->source;
	e->class = ward_name(o->opts.names, ward_str_z(ward_class_info(class)->name));
	if (o->opts.line.len) {
		ward_wr_str(&w, ward_str_sub(o->opts.line, 0, 200));
		ward_wr_ch(&w, '/');
	}
	ward_wr_u64(&w, address);
	struct ward_str s = ward_arena_str(&o->arena, ward_wr_text(&w));

	return s.p ? ward_event_set(e, WARD_FIELD_READER, ward_value_str(s)) : WARD_ERR_NOMEM;
}

static enum ward_err put(struct ward_osdp *o, const struct ward_event *e)
{
	ward_count_name(o->opts.counters, "osdp.events", 1);
	return o->opts.sink.put(o->opts.sink.ctx, e);
}

/* An event with a word, or none. */
static enum ward_err say(struct ward_osdp *o, enum ward_class class, uint8_t address,
	uint32_t field, const char *word)
{
	struct ward_event e;
	enum ward_err err = begin(o, &e, class, address);

	if (!err && word)
		err = ward_event_set(&e, field, ward_value_str(ward_str_z(word)));
	return err ? err : put(o, &e);
}

/* ---- what replies hold ---- */

static enum ward_err say_card(
	struct ward_osdp *o, const struct ward_osdp_frame *f, struct ward_str badge, int64_t bits)
{
	struct ward_event e;
	enum ward_err err = begin(o, &e, WARD_CLASS_READER_CARD, f->address);
	struct ward_str s = ward_arena_str(&o->arena, badge);

	if (!err && !s.p)
		err = WARD_ERR_NOMEM;
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_BADGE, ward_value_str(s));
	if (!err && bits >= 0)
		err = ward_event_set(&e, o->bits, ward_value_int(bits));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_POINT, ward_value_int(f->data.p[0]));
	return err ? err : put(o, &e);
}

/* Bits, from the first: in hex, as the card gave them. */
static enum ward_err raw(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	uint8_t text[2 * WARD_OSDP_FRAME_MAX];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_hex(&w, (struct ward_slice){f->data.p + 4, f->data.len - 4});
	enum ward_err err =
		say_card(o, f, ward_wr_text(&w), (int64_t)(f->data.p[2] | f->data.p[3] << 8));

	ward_wipe(text, sizeof(text));
	return err;
}

static enum ward_err formatted(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	struct ward_slice s = {f->data.p + 3, f->data.len - 3};
	uint8_t text[2 * 256];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (ward_utf8_valid(s, NULL))
		ward_wr_bytes(&w, s.p, s.len);
	else
		ward_wr_hex(&w, s);
	enum ward_err err = say_card(o, f, ward_wr_text(&w), -1);

	ward_wipe(text, sizeof(text));
	return err;
}

/* How many, and never which: they are somebody's code. */
static enum ward_err keypad(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	struct ward_event e;
	enum ward_err err = begin(o, &e, WARD_CLASS_READER_KEYPAD, f->address);

	if (!err)
		err = ward_event_set(&e, o->n_keys, ward_value_int(f->data.p[1]));
	return err ? err : put(o, &e);
}

static enum ward_err local_status(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	struct reader *r = &o->reader[f->address];
	bool tamper = f->data.p[0] != 0, no_power = f->data.p[1] != 0;
	enum ward_err err = WARD_OK;

	if (tamper != r->tamper)
		err = say(o, WARD_CLASS_DOOR_TAMPER, f->address, WARD_FIELD_STATE,
			tamper ? "on" : "off");
	if (!err && no_power != r->no_power)
		err = say(o, WARD_CLASS_READER_STATE, f->address, WARD_FIELD_STATE,
			no_power ? "power_failed" : "power_normal");
	r->tamper = tamper;
	r->no_power = no_power;
	return err;
}

static enum ward_err say_point(struct ward_osdp *o, uint8_t address, size_t point, const char *word)
{
	struct ward_event e;
	enum ward_err err = begin(o, &e, WARD_CLASS_READER_STATE, address);

	if (!err)
		err = ward_event_set(&e, WARD_FIELD_POINT, ward_value_int((int64_t)point));
	if (!err)
		err = ward_event_set(&e, WARD_FIELD_STATE, ward_value_str(ward_str_z(word)));
	return err ? err : put(o, &e);
}

/* The first word of an input is its state, each other one a change. */
static enum ward_err inputs(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	struct reader *r = &o->reader[f->address];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < f->data.len && i < POINTS && !err; i++) {
		uint8_t now = f->data.p[i] != 0;

		if (i < r->n_input ? now != r->input[i] : now)
			err = say_point(o, f->address, i, now ? "input_active" : "input_inactive");
		r->input[i] = now;
		r->n_input = r->n_input > i ? r->n_input : (uint8_t)(i + 1);
	}
	return err;
}

/* Heads of a reader: 0 normal, 1 not connected, 2 tamper. */
static enum ward_err heads(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	static const char *const word[] = {
		"head_normal", "head_not_connected", "head_tamper", "head_unknown"};
	struct reader *r = &o->reader[f->address];
	enum ward_err err = WARD_OK;

	for (size_t i = 0; i < f->data.len && i < POINTS && !err; i++) {
		uint8_t now = f->data.p[i] < 3 ? f->data.p[i] : 3;

		if (now != (i < r->n_head ? r->head[i] : 0))
			err = say_point(o, f->address, i, word[now]);
		r->head[i] = now;
		r->n_head = r->n_head > i ? r->n_head : (uint8_t)(i + 1);
	}
	return err;
}

/* Told once for each reason, until the reader does as it is told again. */
static enum ward_err nak(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	static const char *const reason[NAK_N] = {"none", "check", "length", "unknown_command",
		"sequence", "security_block", "encryption_required", "bio_type", "bio_format",
		"unable"};
	struct reader *r = &o->reader[f->address];
	unsigned why = f->data.p[0] < NAK_N ? f->data.p[0] : NAK_N;
	struct ward_event e;

	ward_count_name(o->opts.counters, "osdp.naks", 1);
	if (r->naks & 1u << why)
		return WARD_OK;
	r->naks = (uint16_t)(r->naks | 1u << why);
	enum ward_err err = begin(o, &e, WARD_CLASS_READER_REFUSED, f->address);

	if (!err)
		err = ward_event_set(&e, WARD_FIELD_REASON,
			ward_value_str(ward_str_z(why < NAK_N ? reason[why] : "other")));
	if (!err && o->asking)
		err = ward_event_set(&e, o->osdp_command, ward_value_str(ward_str_z(o->asking)));
	return err ? err : put(o, &e);
}

static enum ward_err content(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	if (f->code != WARD_OSDP_NAK && f->code != WARD_OSDP_BUSY)
		o->reader[f->address].naks = 0;
	if (f->encrypted) {
		ward_count_name(o->opts.counters, "osdp.encrypted", 1);
		return WARD_OK;
	}
	switch (f->code) {
	case WARD_OSDP_RAW:
		return raw(o, f);
	case WARD_OSDP_FMT:
		return formatted(o, f);
	case WARD_OSDP_KEYPAD:
		return keypad(o, f);
	case WARD_OSDP_LSTATR:
		return local_status(o, f);
	case WARD_OSDP_ISTATR:
		return inputs(o, f);
	case WARD_OSDP_RSTATR:
		return heads(o, f);
	case WARD_OSDP_NAK:
		return nak(o, f);
	default:
		return WARD_OK;
	}
}

/* ---- how the line is kept ---- */

static enum ward_err weakness(
	struct ward_osdp *o, uint8_t address, uint8_t told, enum ward_class class, const char *why)
{
	struct reader *r = &o->reader[address];

	if (r->told & told)
		return WARD_OK;
	r->told |= told;
	return say(o, class, address, WARD_FIELD_REASON, why);
}

/* A channel is made by messages in the clear; so a card, a code or a key in the clear tells at
 * once, other answers when there were many of them. */
static enum ward_err how_secret(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	struct reader *r = &o->reader[f->address];
	bool card = f->reply && (f->code == WARD_OSDP_RAW || f->code == WARD_OSDP_FMT ||
					f->code == WARD_OSDP_KEYPAD);
	bool key = !f->reply && f->code == WARD_OSDP_KEYSET;

	if (f->security == SCS_12 && f->reply && f->key == 0)
		return weakness(o, f->address, TOLD_DEFAULT_KEY, WARD_CLASS_READER_DEFAULT_KEY,
			"default_key");
	if (f->encrypted || f->security) {
		r->clear = f->security >= SCS_15 ? 0 : r->clear;
		if (!f->encrypted && (card || key))
			return weakness(o, f->address, TOLD_CLEAR, WARD_CLASS_READER_CLEARTEXT,
				key ? "key" : "credential");
		return WARD_OK;
	}
	if (card || key)
		return weakness(o, f->address, TOLD_CLEAR, WARD_CLASS_READER_CLEARTEXT,
			key ? "key" : "credential");
	if (f->reply && r->clear < CLEAR_MAX && ++r->clear == CLEAR_MAX)
		return weakness(o, f->address, TOLD_CLEAR, WARD_CLASS_READER_CLEARTEXT, "polls");
	return WARD_OK;
}

static enum ward_err asked(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	struct reader *r = &o->reader[f->address];

	o->asked = f->address;
	o->asking = f->name;
	/* Whoever is there need not be one; and who was never heard was perhaps never there. */
	if (f->address == WARD_OSDP_ADDRESSES - 1 || !r->heard || r->offline)
		return WARD_OK;
	if (++r->unanswered <= UNANSWERED_MAX)
		return WARD_OK;
	r->offline = true;
	return say(o, WARD_CLASS_READER_OFFLINE, f->address, 0, NULL);
}

static enum ward_err answered(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	struct reader *r = &o->reader[f->address];
	bool back = r->offline;

	if (o->asked != f->address && o->asked != WARD_OSDP_ADDRESSES - 1)
		ward_count_name(o->opts.counters, "osdp.unasked", 1);
	o->asked = NOBODY;
	r->heard = true;
	r->offline = false;
	r->unanswered = 0;
	return back ? say(o, WARD_CLASS_READER_ONLINE, f->address, 0, NULL) : WARD_OK;
}

static enum ward_err take(struct ward_osdp *o, const struct ward_osdp_frame *f)
{
	enum ward_err err = f->reply ? answered(o, f) : asked(o, f);

	ward_count_name(o->opts.counters, f->reply ? "osdp.replies" : "osdp.commands", 1);
	if (!err)
		err = how_secret(o, f);
	return !err && f->reply ? content(o, f) : err;
}

/* ---- frames out of bytes ---- */

/* The number of bytes that are done with: a frame, or what is none. 0: more must come. */
static enum ward_err one(struct ward_osdp *o, struct ward_slice s, size_t *ret)
{
	struct ward_osdp_frame f;
	enum ward_osdp_reject why;
	const uint8_t *som = memchr(s.p, 0x53, s.len);
	size_t skip = som ? (size_t)(som - s.p) : s.len;

	if (skip) {
		/* Idle lines and markers before a frame are all ones. */
		for (size_t i = 0; i < skip; i++)
			if (s.p[i] != 0xff)
				ward_count_name(o->opts.counters, "osdp.noise", 1);
		*ret = skip;
		return WARD_OK;
	}
	enum ward_err err = ward_osdp_frame(s, &f, ret, &why);

	if (err == WARD_ERR_MORE)
		*ret = 0;
	if (err == WARD_ERR_MALFORMED)
		ward_count_name(o->opts.counters, ward_osdp_reject_counter(why), 1);
	if (err)
		return WARD_OK;
	o->n_said = 0;
	return take(o, &f);
}

static enum ward_err drain(struct ward_osdp *o)
{
	enum ward_err err = WARD_OK;
	size_t at = 0, used = 1;

	while (!err && used && at < o->n_buf) {
		err = one(o, (struct ward_slice){o->buf + at, o->n_buf - at}, &used);
		at += used;
		o->off += used;
	}
	memmove(o->buf, o->buf + at, o->n_buf - at);
	o->n_buf -= at;
	return err;
}

enum ward_err ward_osdp_bytes(struct ward_osdp *o, struct ward_slice bytes, ward_ns now)
{
	enum ward_err err = WARD_OK;

	o->now = now;
	while (bytes.len && !err) {
		size_t n = BUFFER - o->n_buf < bytes.len ? BUFFER - o->n_buf : bytes.len;

		memcpy(o->buf + o->n_buf, bytes.p, n);
		o->n_buf += n;
		bytes = (struct ward_slice){bytes.p + n, bytes.len - n};
		err = drain(o);
	}
	return err;
}

enum ward_err ward_osdp_end(struct ward_osdp *o, ward_ns now)
{
	enum ward_err err = WARD_OK;

	o->now = now;
	while (o->n_buf && !err) {
		/* What looked like the begin of a frame was none: one may stand within it. */
		ward_count_name(o->opts.counters, "osdp.cut", 1);
		o->n_buf--;
		o->off++;
		memmove(o->buf, o->buf + 1, o->n_buf);
		err = drain(o);
	}
	return err;
}
