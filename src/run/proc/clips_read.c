/* Clips and photos that somebody looks at in a page: the reading is on the ledger before the first
 * byte goes, and they go as they lie there, sealed, since nothing here could open them. Who it is
 * and why comes from `desk`, which has it of `login`; `api`, which carries the bytes, names only
 * the reading, a secret that is good once. */
#include "run/proc/clips.h"

#include "base/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUND_MAX = 16 /* messages of one peer before the others' turn */ };

/* From the reading to its first byte, and from one piece to the next. */
static const ward_ns patience = 60 * WARD_NS_PER_S;

/* ---- to desk ---- */

static void answer(struct clips *c, uint32_t id, const struct ward_decided *d)
{
	uint8_t body[1024];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_decided_put(&w, d);
	enum ward_err err = ward_msg_send(c->desk, WARD_MSG_DECIDED, id, ward_wr_slice(&w));

	ward_wipe(body, sizeof(body));
	if (err && err != WARD_ERR_AGAIN) /* else it asks again */
		ward_process_die(&c->p, "desk", err);
}

static void refuse(struct clips *c, uint32_t id, enum ward_err err, const char *why)
{
	ward_count_name(&c->p.counters, "clips.readings_refused", 1);
	answer(c, id, &(struct ward_decided){.err = err, .why = ward_str_z(why)});
}

/* {"reading":HEX,"bytes":N} */
static void give(struct clips *c, uint32_t id, const struct clips_reading *r)
{
	char text[WARD_READING_TEXT], json[WARD_READING_TEXT + 64];

	(void)sodium_bin2hex(text, sizeof(text), r->secret, sizeof(r->secret));
	int n = snprintf(json, sizeof(json), "{\"reading\":\"%s\",\"bytes\":%llu}", text,
		(unsigned long long)r->size);

	answer(c, id, &(struct ward_decided){.json = {json, (size_t)n}});
	ward_wipe(text, sizeof(text));
	ward_wipe(json, sizeof(json));
}

static void drop(struct clips_reading *r)
{
	ward_wipe(r, sizeof(*r));
}

/* A place for one more of that person, whose oldest makes room where they have their share; else
 * NULL. */
static struct clips_reading *place(struct clips *c, const char *who)
{
	struct clips_reading *free_one = NULL, *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < CLIPS_READINGS; i++) {
		struct clips_reading *r = &c->reading[i];

		if (!r->used) {
			free_one = r;
		} else if (strcmp(r->who, who) == 0) {
			n++;
			oldest = !oldest || r->used_at < oldest->used_at ? r : oldest;
		}
	}
	if (n < CLIPS_READINGS_SHARE)
		return free_one;
	drop(oldest);
	return oldest;
}

static struct clips_reading *said_before(struct clips *c, struct ward_id decision)
{
	for (size_t i = 0; i < CLIPS_READINGS; i++)
		if (c->reading[i].used && ward_id_eq(c->reading[i].decision, decision))
			return &c->reading[i];
	return NULL;
}

static void begin(struct clips *c, uint32_t id, const struct ward_decision *d,
	const struct clips_kept *kept, struct ward_id clip)
{
	char who[WARD_DECISION_SUBJECT + 1];

	(void)snprintf(who, sizeof(who), "%.*s", WARD_STR_ARG(d->person));
	struct clips_reading *r = place(c, who);

	if (!r) {
		refuse(c, id, WARD_ERR_AGAIN,
			WARD_TEXT("many look at pictures just now; try again in a minute"));
		return;
	}
	const struct clips_told t = {.act = "read",
		.row = d->id,
		.clip = clip,
		.incident = kept->is.incident,
		.camera = kept->is.camera,
		.why = d->text,
		.who = d->person,
		.role = d->role,
		.time = d->at};

	if (!clips_tell(c, &t)) /* this process is to stop: nobody has seen anything */
		return;
	*r = (struct clips_reading){.used = true,
		.decision = d->id,
		.clip = clip,
		.size = kept->bytes,
		.used_at = ward_clock_mono(c->p.clock)};
	memcpy(r->who, who, sizeof(who));
	randombytes_buf(r->secret, sizeof(r->secret));
	ward_count_name(&c->p.counters, "clips.readings", 1);
	give(c, id, r);
}

static void read_it(struct clips *c, uint32_t id, const struct ward_decision *d)
{
	const struct clips_reading *before = said_before(c, d->id);
	struct clips_kept kept;
	struct ward_id clip;

	if (d->kind != WARD_DECISION_READ || !ward_id_parse(d->subject, &clip) || !d->text.len) {
		refuse(c, id, WARD_ERR_MALFORMED,
			WARD_TEXT("name a clip or photo by its id, and say why you look at it"));
	} else if (before) { /* asked again: it is on the ledger, once */
		give(c, id, before);
	} else if (!clips_find(c, clip, &kept)) {
		refuse(c, id, WARD_ERR_NOT_FOUND,
			WARD_TEXT("it is kept no more: its time was over, and it was erased"));
	} else {
		begin(c, id, d, &kept, clip);
	}
}

/* False: there is no message. */
static bool hear_desk(struct clips *c)
{
	struct ward_decision d;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(c->desk, c->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&c->p, "desk", err);
	if (err == WARD_ERR_AGAIN)
		return false;
	if (err || m.type != WARD_MSG_DECIDE || ward_decision_get(&m.body, &d) != WARD_OK)
		ward_count_name(&c->p.counters, "clips.refused", 1);
	else
		read_it(c, m.id, &d);
	return true;
}

/* ---- to api ---- */

static struct clips_reading *find(struct clips *c, const struct ward_fetch *f)
{
	struct clips_reading *found = NULL;

	for (size_t i = 0; i < CLIPS_READINGS; i++) {
		struct clips_reading *r = &c->reading[i];

		if (r->used && ward_id_eq(r->clip, f->id) &&
			sodium_memcmp(r->secret, f->reading, sizeof(r->secret)) == 0)
			found = r;
	}
	return found;
}

/* What is left of its key and then of its file, from there on, into at most `max` bytes. */
static size_t read_piece(
	struct clips *c, const struct clips_reading *r, uint64_t off, uint8_t *to, size_t max)
{
	size_t key = 0, n = 0;

	if (off < WARD_EVIDENCE_SEALED) {
		key = WARD_EVIDENCE_SEALED - (size_t)off;
		if (clips_pread(c, r->clip, ".key", off, to, key) != key)
			return 0;
		off = WARD_EVIDENCE_SEALED;
	}
	off -= WARD_EVIDENCE_SEALED;
	n = clips_pread(c, r->clip, ".clip", off, to + key, max - key);
	return n ? key + n : 0;
}

/* The next piece: each goes once. */
static void fetch(struct clips *c, uint32_t id, const struct ward_fetch *f)
{
	static uint8_t body[WARD_SEALED_PIECE + 64], piece[WARD_SEALED_PIECE];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct clips_reading *r = find(c, f);
	struct ward_fetched d = {.err = WARD_ERR_NOT_FOUND};

	if (r && f->off == r->next) {
		uint64_t left = r->size - f->off;
		size_t n = read_piece(
			c, r, f->off, piece, left < sizeof(piece) ? (size_t)left : sizeof(piece));

		d = n ? (struct ward_fetched){.size = r->size, .bytes = ward_slice_of(piece, n)}
		      : (struct ward_fetched){.err = WARD_ERR_STATE};
	}
	ward_count_name(&c->p.counters, d.err ? "clips.pieces_refused" : "clips.pieces", 1);
	ward_fetched_put(&w, &d);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_msg_send(c->api, WARD_MSG_FETCHED, id, ward_wr_slice(&w));

	if (err && err != WARD_ERR_AGAIN) /* else it asks again */
		ward_process_die(&c->p, "api", err);
	if (!r || err || f->off != r->next)
		return;
	r->next += d.bytes.len;
	r->used_at = ward_clock_mono(c->p.clock);
	if (d.err || r->next == r->size) /* erased meanwhile, or used up */
		drop(r);
}

/* False: there is no message. */
static bool hear_api(struct clips *c)
{
	struct ward_fetch f;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(c->api, c->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&c->p, "api", err);
	if (err == WARD_ERR_AGAIN)
		return false;
	if (err || m.type != WARD_MSG_FETCH || ward_fetch_get(&m.body, &f) != WARD_OK)
		ward_count_name(&c->p.counters, "clips.refused", 1);
	else
		fetch(c, m.id, &f);
	return true;
}

void clips_hear_page(struct clips *c)
{
	ward_ns now = ward_clock_mono(c->p.clock);

	for (int i = 0; c->desk >= 0 && i < ROUND_MAX && hear_desk(c); i++)
		;
	for (int i = 0; c->api >= 0 && i < ROUND_MAX && hear_api(c); i++)
		;
	for (size_t i = 0; i < CLIPS_READINGS; i++)
		if (c->reading[i].used && now - c->reading[i].used_at > patience)
			drop(&c->reading[i]);
}
