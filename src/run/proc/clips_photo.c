/* Photos of what people report: kept as clips are, under their own hash. */
#include "run/proc/clips.h"

#include <sodium.h>

static void answer(struct clips *c, uint32_t id, enum ward_err err, const struct ward_id *photo)
{
	uint8_t json[64], body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body)), j = ward_wr_fixed(json, sizeof(json));

	if (photo)
		ward_photo_say(&j, *photo);
	const struct ward_decided d = {err,
		err == WARD_ERR_FULL && c->n_photo
			? WARD_STR("as many photos are kept as photo.kept allows")
			: ward_str_z(err ? ward_err_text(err) : ""),
		ward_wr_text(&j)};

	ward_decided_put(&w, &d);
	err = ward_msg_send(c->photos, WARD_MSG_DECIDED, id, ward_wr_slice(&w));
	if (err && err != WARD_ERR_AGAIN) /* else it asks again */
		ward_process_die(&c->p, "the link of photos", err);
}

/* The first half of its SHA-256: who has a photo can show that it is the one of the report. */
static struct ward_id name_of(struct ward_slice photo)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	struct ward_id id;

	(void)crypto_hash_sha256(hash, photo.p, photo.len);
	memcpy(id.b, hash, sizeof(id.b));
	return id;
}

static enum ward_err keep(struct clips *c, struct ward_id *ret)
{
	ward_ns now = ward_clock_now(c->p.clock);
	struct ward_evidence e = {.id = name_of(ward_wr_slice(&c->photo.file)),
		.incident = c->photo.id,
		.from = now,
		.to = now,
		.made = now};

	*ret = e.id;
	if (clips_has(c, e.id)) /* the same photo was handed in before */
		return WARD_OK;
	if (c->n_photo >= ward_limit(&c->lim, WARD_LIMIT_PHOTO_KEPT))
		return WARD_ERR_FULL;
	enum ward_err err = clips_write(c, &e, ward_wr_slice(&c->photo.file));

	c->n_photo += !err;
	return err;
}

void clips_hear_photo(struct clips *c)
{
	struct ward_photo_piece p;
	struct ward_id id;
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(c->photos, c->buf, &m);

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
	err = ward_photo_take(&c->photo, &p, (size_t)ward_limit(&c->lim, WARD_LIMIT_PHOTO_BYTES));
	if (err == WARD_ERR_AGAIN) {
		answer(c, m.id, WARD_OK, NULL);
		return;
	}
	if (!err)
		err = keep(c, &id);
	ward_photo_forget(&c->photo);
	answer(c, m.id, err, err ? NULL : &id);
}
