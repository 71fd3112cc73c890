/* Photos of what people report, and suspicious files: kept as clips are, under their own hash. */
#include "run/proc/clips.h"

#include "base/diag.h"

#include <sodium.h>

enum { SHARE = 8 /* one person may have that part of all */ };

static void answer(struct clips *c, const struct clips_given *g, uint32_t id, enum ward_err err,
	const char *why, const struct ward_id *photo)
{
	uint8_t json[64], body[512];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body)), j = ward_wr_fixed(json, sizeof(json));

	if (photo)
		ward_photo_say(&j, *photo);
	if (err && !why)
		why = ward_err_text(err);
	const struct ward_decided d = {err, ward_str_z(err ? why : ""), ward_wr_text(&j)};

	ward_decided_put(&w, &d);
	err = ward_msg_send(g->link, WARD_MSG_DECIDED, id, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN) /* else it asks again */
		ward_process_die(
			&c->p, g == &c->files ? "the link of files" : "the link of photos", err);
}

/* The first half of its SHA-256: who has it can show that it is the one of the report, or event. */
static struct ward_id name_of(struct ward_slice file)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	struct ward_id id;

	(void)crypto_hash_sha256(hash, file.p, file.len);
	memcpy(id.b, hash, sizeof(id.b));
	return id;
}

/* How many that are still there somebody handed in; forgets whose the others were. */
static size_t n_of(struct clips *c, struct ward_id by)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < c->n_whose; i++) {
		if (!clips_has(c, c->whose[i].photo))
			continue;
		c->whose[kept++] = c->whose[i];
		n += ward_id_eq(c->whose[i].by, by);
	}
	c->n_whose = kept;
	return n;
}

/* Is there room for one more of that person? */
static enum ward_err admit(
	struct clips *c, struct ward_id photo, struct ward_id by, const char **why)
{
	size_t max = (size_t)ward_limit(&c->lim, WARD_LIMIT_PHOTO_KEPT);

	*why = WARD_TEXT("as many photos are kept as photo.kept allows; raise that in limits.yml");
	if (c->photos.n >= max)
		return WARD_ERR_FULL;
	*why = WARD_TEXT(
		"as many photos of one person are kept as may be, an eighth of photo.kept; raise "
		"that "
		"in limits.yml, or let somebody else hand it in");
	if (n_of(c, by) >= (max < SHARE ? 1 : max / SHARE))
		return WARD_ERR_FULL;
	*why = NULL;
	enum ward_err err = ward_mem_more(
		ward_mem_heap(), &c->whose, c->n_whose, &c->cap_whose, sizeof(*c->whose), max + 1);

	if (err)
		return err;
	c->whose[c->n_whose].photo = photo;
	c->whose[c->n_whose++].by = by;
	return WARD_OK;
}

bool clips_is_file(struct ward_str camera)
{
	return ward_str_eqz(camera, WARD_EVIDENCE_FILE);
}

/* A suspicious file, once: the same that comes again is kept as long as the first. STATE: it is not
 * the one that was looked at, whose id would be `is`. */
static enum ward_err keep_file(
	struct clips *c, struct ward_id is, struct ward_id *ret, const char **why)
{
	static const struct ward_id nobody;
	ward_ns now = ward_clock_now(c->p.clock);
	struct ward_evidence e = {.id = name_of(ward_wr_slice(&c->files.is.file)),
		.incident = c->files.is.id,
		.camera = WARD_STR(WARD_EVIDENCE_FILE),
		.from = now,
		.to = now,
		.made = now};

	*ret = e.id;
	if (!ward_id_eq(is, nobody) && !ward_id_eq(is, e.id))
		return WARD_ERR_STATE;
	if (clips_has(c, e.id))
		return WARD_OK;
	*why = WARD_TEXT("as many files are kept as file.kept allows; raise that in limits.yml");
	if (c->files.n >= (size_t)ward_limit(&c->lim, WARD_LIMIT_FILE_KEPT))
		return WARD_ERR_FULL;
	*why = NULL;
	enum ward_err err = clips_write(c, &e, ward_wr_slice(&c->files.is.file));

	c->files.n += !err;
	return err;
}

/* The same photo may be handed in with several reports: it is kept until the last one's time is
 * over, and the ledger has each. */
static enum ward_err keep(struct clips *c, struct ward_id by, struct ward_id *ret, const char **why)
{
	ward_ns now = ward_clock_now(c->p.clock);
	struct ward_evidence e = {.id = name_of(ward_wr_slice(&c->photos.is.file)),
		.incident = c->photos.is.id,
		.from = now,
		.to = now,
		.made = now};
	bool had = clips_has(c, e.id);
	enum ward_err err = WARD_OK;

	*ret = e.id;
	if (clips_has_of(c, e.id, e.incident)) /* it was asked again */
		return WARD_OK;
	if (!had)
		err = admit(c, e.id, by, why);
	if (!err) {
		err = clips_write(c, &e, ward_wr_slice(&c->photos.is.file));
		c->photos.n += !err && !had;
	}
	return err;
}

void clips_hear_given(struct clips *c, struct clips_given *g)
{
	bool files = g == &c->files;
	enum ward_limit most = files ? WARD_LIMIT_FILE_KEPT_BYTES : WARD_LIMIT_PHOTO_BYTES;
	struct ward_photo_piece p;
	const char *why = NULL;
	struct ward_id id;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(g->link, c->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&c->p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return;
	if (!err)
		err = m.type == WARD_MSG_PHOTO ? ward_photo_get(&m.body, &p) : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&c->p.counters, "clips.refused", 1);
		return;
	}
	err = ward_photo_take(&g->is, &p, (size_t)ward_limit(&c->lim, most));
	if (err == WARD_ERR_AGAIN) {
		answer(c, g, m.id, WARD_OK, NULL, NULL);
		return;
	}
	if (!err)
		err = files ? keep_file(c, p.by, &id, &why) : keep(c, p.by, &id, &why);
	ward_photo_forget(&g->is);
	answer(c, g, m.id, err, why, err ? NULL : &id);
}
