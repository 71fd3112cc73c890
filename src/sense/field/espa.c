/* ESPA 4.4.4 (European Selective Paging Manufacturers' Association, publication 4.4.4: serial data
 * interface), whose transmission is ISO 1745's basic mode: the control station polls a station with
 * ADDRESS ENQ; who has something selects the receiver with ADDRESS ENQ, gets ACK, and sends
 *   SOH function STX number US data [RS number US data …] ETX check
 * which is answered by ACK or NAK; EOT ends it. */
#include "sense/field/espa.h"

#include "base/rd.h"
#include "event/classes.h"

enum { SOH = 1, STX, ETX, EOT, ENQ, ACK, NAK = 0x15, RS = 0x1e, US = 0x1f };
enum { ARENA_BYTES = 1 << 16, RECORDS = 9, HEADER_MAX = 8 };

/* Numbers of records. */
enum { REC_ADDRESS = 1, REC_TEXT, REC_BEEPS, REC_TYPE, REC_TIMES, REC_PRIORITY, REC_CALL_STATUS };

/* Functions, the first character of the header. */
enum { FN_CALL = '1', FN_STATUS, FN_ASK_STATUS, FN_SUBSCRIBER };

enum state { IDLE, HEADER, TEXT, CHECK, STATE_N };
enum kind { K_SOH, K_STX, K_ETX, K_ANSWER, K_PART, K_CHAR, K_N };
enum act { A_NOISE, A_BEGIN, A_ADD, A_CUT, A_RESTART, A_LINE, A_CHECK, A_LONG };

static const ward_ns rejected_every = 60 * WARD_NS_PER_S;

/* What each kind of character does in each state. A SOH within a block begins another one; any
 * other control character there ends it. */
static const struct row {
	enum act act;
	enum state next;
} fsm[STATE_N][K_N] = {
	[IDLE] = {[K_SOH] = {A_BEGIN, HEADER},
		[K_STX] = {A_NOISE, IDLE},
		[K_ETX] = {A_NOISE, IDLE},
		[K_ANSWER] = {A_LINE, IDLE},
		[K_PART] = {A_NOISE, IDLE},
		[K_CHAR] = {A_LINE, IDLE}},
	[HEADER] = {[K_SOH] = {A_RESTART, HEADER},
		[K_STX] = {A_ADD, TEXT},
		[K_ETX] = {A_CUT, IDLE},
		[K_ANSWER] = {A_CUT, IDLE},
		[K_PART] = {A_CUT, IDLE},
		[K_CHAR] = {A_ADD, HEADER}},
	[TEXT] = {[K_SOH] = {A_RESTART, HEADER},
		[K_STX] = {A_CUT, IDLE},
		[K_ETX] = {A_ADD, CHECK},
		[K_ANSWER] = {A_CUT, IDLE},
		[K_PART] = {A_ADD, TEXT},
		[K_CHAR] = {A_ADD, TEXT}},
	/* the check may be any character, also one that looks like another thing */
	[CHECK] = {[K_SOH] = {A_CHECK, IDLE},
		[K_STX] = {A_CHECK, IDLE},
		[K_ETX] = {A_CHECK, IDLE},
		[K_ANSWER] = {A_CHECK, IDLE},
		[K_PART] = {A_CHECK, IDLE},
		[K_CHAR] = {A_CHECK, IDLE}},
};

struct ward_espa {
	struct ward_espa_opts opts;
	struct ward_arena arena;
	uint32_t source, address, function, beeps, type, times, priority;
	struct ward_event_origin origin;
	enum state state;
	uint8_t block[WARD_ESPA_BLOCK_MAX]; /* behind SOH, with ETX */
	size_t n_block;
	uint64_t off;        /* of the next byte in the line */
	uint64_t begin;      /* of the block in hand */
	struct ward_id last; /* block, and when it came */
	ward_ns last_at;
	bool has_last, refused; /* refused: NAK came, and nothing of another kind since */
	bool answered;          /* since the last block: ACK, EOT or a poll */
	ward_ns now;
	const char *rejected; /* counter of a block that is to be told; NULL: none */
	int64_t n_rejected;   /* since it was told */
	ward_ns rejected_at;
	bool rejected_told;
};

static const char *const reject_counter[WARD_ESPA_REJECT_N] = {
#define X(NAME, counter, what) counter,
	WARD_ESPA_REJECT_LIST(X)
#undef X
};

const char *ward_espa_reject_counter(enum ward_espa_reject r)
{
	WARD_ASSERT(r < WARD_ESPA_REJECT_N);
	return reject_counter[r];
}

enum ward_espa_charset ward_espa_charset_find(struct ward_str name)
{
	return ward_str_eqz(name, "latin-1")     ? WARD_ESPA_LATIN_1
	       : ward_str_eqz(name, "din-66003") ? WARD_ESPA_DIN_66003
						 : WARD_ESPA_CHARSETS;
}

uint8_t ward_espa_check(struct ward_slice block)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < block.len; i++)
		sum ^= block.p[i];
	return sum;
}

enum ward_err ward_espa_new(const struct ward_espa_opts *opts, struct ward_espa **ret)
{
	struct ward_espa *e = ward_mem_alloc(opts->mem, sizeof(*e));
	struct ward_str source = opts->source.len ? opts->source : WARD_STR("espa");

	if (!e)
		return WARD_ERR_NOMEM;
	e->opts = *opts;
	e->source = ward_name(opts->names, source);
	e->address = ward_name(opts->names, WARD_STR("espa.address"));
	e->function = ward_name(opts->names, WARD_STR("espa.function"));
	e->beeps = ward_name(opts->names, WARD_STR("espa.beeps"));
	e->type = ward_name(opts->names, WARD_STR("espa.type"));
	e->times = ward_name(opts->names, WARD_STR("espa.times"));
	e->priority = ward_name(opts->names, WARD_STR("espa.priority"));
	e->origin = ward_event_origin(source, opts->epoch);
	ward_arena_init(&e->arena, opts->mem, ARENA_BYTES);
	*ret = e;
	return WARD_OK;
}

void ward_espa_free(struct ward_espa *e)
{
	const struct ward_mem *mem = e ? e->opts.mem : NULL;

	if (!e)
		return;
	ward_arena_fini(&e->arena);
	ward_wipe(e->block, sizeof(e->block)); /* it may name a patient */
	ward_mem_free(mem, e, sizeof(*e));
}

static void count(struct ward_espa *e, const char *counter)
{
	ward_count_name(e->opts.counters, counter, 1);
}

static void reject(struct ward_espa *e, enum ward_espa_reject why)
{
	e->rejected = ward_espa_reject_counter(why);
	e->n_rejected++;
	count(e, e->rejected);
}

/* ---- text ---- */

static void put_rune(struct ward_wr *w, unsigned c)
{
	if (c < 0x80) {
		ward_wr_u8(w, (uint8_t)c);
		return;
	}
	ward_wr_u8(w, (uint8_t)(0xc0 | c >> 6)); /* below 0x800: two bytes */
	ward_wr_u8(w, (uint8_t)(0x80 | (c & 0x3f)));
}

static unsigned rune_of(enum ward_espa_charset charset, uint8_t c)
{
	static const char from[] = "[\\]{|}~";
	static const unsigned to[] = {0xc4, 0xd6, 0xdc, 0xe4, 0xf6, 0xfc, 0xdf};
	const char *at = charset == WARD_ESPA_DIN_66003 && c ? strchr(from, c) : NULL;

	/* control characters of Latin-1 stand for nothing here */
	return at ? to[at - from] : c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : c;
}

/* In UTF-8, in the arena, without blanks at its ends. p == NULL: no memory. */
static struct ward_str text_of(struct ward_espa *e, struct ward_slice s)
{
	uint8_t buf[2 * WARD_ESPA_BLOCK_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	bool utf8 = e->opts.charset == WARD_ESPA_LATIN_1 && ward_utf8_valid(s, NULL);

	for (size_t i = 0; i < s.len; i++) {
		if (utf8)
			ward_wr_u8(&w, s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
		else
			put_rune(&w, rune_of(e->opts.charset, s.p[i]));
	}
	WARD_ASSERT(!ward_wr_bad(&w)); /* two bytes for each at most */
	struct ward_str t = ward_arena_str(&e->arena, ward_str_trim(ward_wr_text(&w)));

	ward_wipe(buf, sizeof(buf));
	return t;
}

/* ---- events ---- */

static void begin(struct ward_espa *e, struct ward_event *ev, enum ward_class class, uint64_t off,
	uint32_t index)
{
	ward_event_init(ev, &e->arena);
	ev->id = ward_event_id_at(&e->origin, off, index);
	ev->time = ev->seen = e->now;
	ev->source = e->source;
	ev->class = ward_name(e->opts.names, ward_str_z(ward_class_info(class)->name));
}

static enum ward_err put(struct ward_espa *e, const struct ward_event *ev)
{
	count(e, "espa.events");
	return e->opts.sink.put(e->opts.sink.ctx, ev);
}

/* The line itself, as a sensor of that name. */
static enum ward_err begin_line(struct ward_espa *e, enum ward_class class, struct ward_event *ev)
{
	struct ward_str line = e->opts.line.len ? e->opts.line : WARD_STR("espa");
	enum ward_err err;

	ward_arena_reset(&e->arena);
	begin(e, ev, class, e->off, 1 + (uint32_t) class);
	err = ward_event_set(ev, WARD_FIELD_SENSOR, ward_value_str(line));
	return err ? err : ward_event_set(ev, WARD_FIELD_POINT, ward_value_str(WARD_STR("espa")));
}

/* A block that is not understood may have been an alarm: told, then once a minute with how many it
 * were. */
static enum ward_err say_rejected(struct ward_espa *e)
{
	const char *why = e->rejected;
	struct ward_event ev;
	enum ward_err err;

	e->rejected = NULL;
	if (e->rejected_told && e->now >= e->rejected_at &&
		e->now - e->rejected_at < rejected_every)
		return WARD_OK;
	err = begin_line(e, WARD_CLASS_FIELD_REFUSED, &ev);
	if (!err)
		err = ward_event_set(&ev, WARD_FIELD_REASON, ward_value_str(ward_str_z(why)));
	if (!err)
		err = ward_event_set(&ev, WARD_FIELD_LOST, ward_value_int(e->n_rejected));
	e->rejected_told = true;
	e->rejected_at = e->now;
	e->n_rejected = 0;
	return err ? err : put(e, &ev);
}

struct records {
	struct ward_slice data[RECORDS];
	bool has[RECORDS];
};

static enum ward_err set_text(
	struct ward_espa *e, struct ward_event *ev, uint32_t field, struct ward_slice s)
{
	struct ward_str t = text_of(e, s);

	return t.p ? ward_event_set(ev, field, ward_value_str(t)) : WARD_ERR_NOMEM;
}

/* A number that stands for a word: the word, or the number as it is. */
static enum ward_err set_word(struct ward_espa *e, struct ward_event *ev, uint32_t field,
	struct ward_slice s, const char *const words[4])
{
	struct ward_str t = text_of(e, s);

	if (!t.p)
		return WARD_ERR_NOMEM;
	if (t.len == 1 && t.p[0] >= '1' && t.p[0] <= '3')
		t = ward_str_z(words[t.p[0] - '0']);
	return ward_event_set(ev, field, ward_value_str(t));
}

static enum ward_err set_number(
	struct ward_espa *e, struct ward_event *ev, uint32_t field, struct ward_slice s)
{
	struct ward_str t = text_of(e, s);
	uint64_t n;

	if (!t.p)
		return WARD_ERR_NOMEM;
	if (t.len > 9 || !ward_str_u64(t, &n))
		return ward_event_set(ev, field, ward_value_str(t));
	return ward_event_set(ev, field, ward_value_int((int64_t)n));
}

/* "LINE/ADDRESS": what a sensor key of the hospital directory names. */
static enum ward_err set_sensor(struct ward_espa *e, struct ward_event *ev, struct ward_str address)
{
	uint8_t buf[256 + 2 * WARD_ESPA_BLOCK_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));

	if (e->opts.line.len) {
		ward_wr_str(&w, ward_str_sub(e->opts.line, 0, 200));
		ward_wr_ch(&w, '/');
	}
	ward_wr_str(&w, address);
	struct ward_str s = ward_arena_str(&e->arena, ward_wr_text(&w));

	return s.p ? ward_event_set(ev, WARD_FIELD_SENSOR, ward_value_str(s)) : WARD_ERR_NOMEM;
}

static enum ward_err set_rest(struct ward_espa *e, struct ward_event *ev, const struct records *r)
{
	static const char *const types[4] = {NULL, "reset", "speech", "standard"};
	static const char *const priorities[4] = {NULL, "alarm", "high", "normal"};
	enum ward_err err = WARD_OK;

	if (r->has[REC_BEEPS])
		err = set_number(e, ev, e->beeps, r->data[REC_BEEPS]);
	if (!err && r->has[REC_TYPE])
		err = set_word(e, ev, e->type, r->data[REC_TYPE], types);
	if (!err && r->has[REC_TIMES])
		err = set_number(e, ev, e->times, r->data[REC_TIMES]);
	if (!err && r->has[REC_PRIORITY])
		err = set_word(e, ev, e->priority, r->data[REC_PRIORITY], priorities);
	return err;
}

static enum ward_err call(struct ward_espa *e, uint8_t function, const struct records *r)
{
	struct ward_event ev;
	enum ward_err err;

	ward_arena_reset(&e->arena);
	struct ward_str address = text_of(e, r->data[REC_ADDRESS]);

	if (!address.p)
		return WARD_ERR_NOMEM;
	if (!address.len) {
		reject(e, WARD_ESPA_REJECT_ADDRESS);
		return WARD_OK;
	}
	begin(e, &ev, WARD_CLASS_CALL_PAGE, e->begin, 0);
	err = set_sensor(e, &ev, address);
	if (!err)
		err = ward_event_set(&ev, WARD_FIELD_APP, ward_value_str(WARD_STR("espa")));
	if (!err)
		err = ward_event_set(&ev, e->function,
			ward_value_str(
				function == FN_CALL ? WARD_STR("call") : WARD_STR("subscriber")));
	if (!err)
		err = ward_event_set(&ev, e->address, ward_value_str(address));
	if (!err && r->has[REC_TEXT])
		err = set_text(e, &ev, WARD_FIELD_MESSAGE, r->data[REC_TEXT]);
	if (!err)
		err = set_rest(e, &ev, r);
	return err ? err : put(e, &ev);
}

/* ---- blocks ---- */

/* False: refused, and counted. */
static bool read_records(struct ward_espa *e, struct ward_rd *r, struct records *ret)
{
	struct ward_str rest = ward_slice_text(ward_rd_rest(r));

	while (rest.p) {
		struct ward_str data = ward_str_cut(&rest, RS), number = ward_str_cut(&data, US);
		uint64_t n;

		number = ward_str_trim(number);
		if (!data.p || !ward_str_u64(number, &n)) {
			reject(e, WARD_ESPA_REJECT_RECORD);
			return false;
		}
		if (n < REC_ADDRESS || n >= RECORDS) { /* a maker's own */
			count(e, "espa.odd.record");
			continue;
		}
		if (ret->has[n]) {
			reject(e, WARD_ESPA_REJECT_TWICE);
			return false;
		}
		ret->has[n] = true;
		ret->data[n] = ward_str_bytes(data);
	}
	return true;
}

static struct ward_id digest(struct ward_slice s)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "espa");
	ward_idgen_str(&g, ward_slice_text(s));
	return ward_idgen_final(&g);
}

/* So long a sender tries again. An equal block after that is another call, also on a line of which
 * nothing but blocks is heard. */
static const ward_ns again_max = 30 * WARD_NS_PER_S;

/* Sent again, since it was refused or nobody answered: one call. Where the receiver is not heard,
 * the polls between two calls tell them apart. */
static bool again(struct ward_espa *e, struct ward_slice block)
{
	struct ward_id id = digest(block);
	bool same = e->has_last && ward_id_eq(id, e->last) && (e->refused || !e->answered) &&
		    e->now >= e->last_at && e->now - e->last_at <= again_max;

	e->last = id;
	e->last_at = e->now;
	e->has_last = true;
	e->refused = e->answered = false;
	if (same)
		count(e, "espa.again");
	return same;
}

static enum ward_err whole(struct ward_espa *e, uint8_t check)
{
	struct ward_slice block = {e->block, e->n_block};
	struct ward_rd r = ward_rd_from(block.p, block.len - 1); /* without ETX */
	struct records rec = {.has = {false}};
	uint8_t function = ward_rd_u8(&r);

	count(e, "espa.blocks");
	if (ward_espa_check(block) != check) {
		reject(e, WARD_ESPA_REJECT_CHECK);
		return WARD_OK;
	}
	while (ward_rd_left(&r) && ward_rd_u8(&r) != STX)
		; /* a maker's own words in the header */
	if (function < FN_CALL || function > FN_SUBSCRIBER) {
		reject(e, WARD_ESPA_REJECT_HEADER);
		return WARD_OK;
	}
	if (!read_records(e, &r, &rec) || again(e, block))
		return WARD_OK;
	if (function == FN_STATUS || function == FN_ASK_STATUS) {
		count(e, "espa.status");
		return WARD_OK;
	}
	return call(e, function, &rec);
}

static void heard_answer(struct ward_espa *e, uint8_t c)
{
	if (c == NAK) {
		count(e, "espa.naks");
		e->refused = true;
		return;
	}
	if (c == ENQ)
		count(e, "espa.polls");
	e->answered = true;
	e->refused = e->refused && c != ACK; /* polls may come between a NAK and the next attempt */
}

static enum kind kind_of(uint8_t c)
{
	switch (c) {
	case SOH:
		return K_SOH;
	case STX:
		return K_STX;
	case ETX:
		return K_ETX;
	case EOT:
	case ENQ:
	case ACK:
	case NAK:
		return K_ANSWER;
	case RS:
	case US:
		return K_PART;
	default:
		/* what is none of ESPA's control characters is text: some put CR and LF there */
		return K_CHAR;
	}
}

static enum ward_err one(struct ward_espa *e, uint8_t c)
{
	enum kind kind = kind_of(c);
	struct row row = fsm[e->state][kind];

	if (row.act == A_ADD && (e->n_block == sizeof(e->block) ||
					(e->state == HEADER && e->n_block > HEADER_MAX))) {
		reject(e, WARD_ESPA_REJECT_LONG);
		row = (struct row){A_LONG, IDLE};
	}
	e->state = row.next;
	switch (row.act) {
	case A_CUT:
	case A_RESTART:
		reject(e, WARD_ESPA_REJECT_CUT);
		if (kind == K_ANSWER)
			heard_answer(e, c);
		if (row.act == A_CUT)
			break;
		WARD_FALLTHROUGH;
	case A_BEGIN:
		e->n_block = 0;
		e->begin = e->off;
		break;
	case A_ADD:
		e->block[e->n_block++] = c;
		break;
	case A_LINE:
		if (kind == K_ANSWER)
			heard_answer(e, c);
		break;
	case A_NOISE:
		count(e, "espa.noise");
		break;
	case A_CHECK:
		return whole(e, c);
	case A_LONG:
		break;
	}
	return WARD_OK;
}

enum ward_err ward_espa_bytes(struct ward_espa *e, struct ward_slice bytes, ward_ns now)
{
	enum ward_err err = WARD_OK;

	e->now = now;
	for (size_t i = 0; i < bytes.len && !err; i++, e->off++) {
		err = one(e, bytes.p[i]);
		if (!err && e->rejected)
			err = say_rejected(e);
	}
	return err;
}

enum ward_err ward_espa_end(struct ward_espa *e, ward_ns now)
{
	e->now = now;
	if (e->state != IDLE)
		reject(e, WARD_ESPA_REJECT_CUT);
	e->state = IDLE;
	e->has_last = e->refused = e->answered = false; /* who knows what is missed between */
	return e->rejected ? say_rejected(e) : WARD_OK;
}
