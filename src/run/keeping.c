#include "run/keeping.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const ward_ns again = 10 * WARD_NS_PER_S;

void ward_keeping_add(struct ward_keeping *k, int fd, struct ward_id of, const uint8_t *sha256)
{
	struct stat st;
	int own = -1;

	if (k->n < WARD_KEEPING && fstat(fd, &st) == 0 && st.st_size > 0 &&
		(uint64_t)st.st_size <= k->most)
		own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (own < 0) {
		ward_count_name(k->counters, "file.not_kept", 1);
		return;
	}
	struct ward_kept_file *f = &k->file[k->n++];

	*f = (struct ward_kept_file){.fd = own, .of = of, .size = (uint32_t)st.st_size};
	if (sha256)
		memcpy(f->is.b, sha256, sizeof(f->is.b));
}

static void drop_first(struct ward_keeping *k)
{
	(void)close(k->file[0].fd);
	k->n--;
	memmove(k->file, k->file + 1, k->n * sizeof(k->file[0]));
}

/* The next piece of the first. A file of a folder may be shorter by now: it is given up then. */
static void send(struct ward_keeping *k)
{
	struct ward_kept_file *f = &k->file[0];
	struct ward_photo_piece p = {.id = f->of,
		.by = f->is,
		.subject = WARD_STR("file"),
		.size = f->size,
		.off = f->off};
	size_t left = f->size - f->off, want = left < WARD_PHOTO_PIECE ? left : WARD_PHOTO_PIECE;
	struct ward_wr w = ward_wr_fixed(k->buf, WARD_MSG_BODY_MAX);
	ssize_t n = pread(f->fd, k->piece, want, (off_t)f->off);

	if (n != (ssize_t)want) {
		ward_count_name(k->counters, "file.not_kept", 1);
		drop_first(k);
		return;
	}
	p.bytes = ward_slice_of(k->piece, want);
	ward_photo_put(&w, &p);
	f->asked = ++k->next_id ? k->next_id : ++k->next_id;
	f->sent = ward_clock_mono(k->clock);
	if (ward_msg_send(k->link, WARD_MSG_PHOTO, f->asked, ward_wr_slice(&w)) != WARD_OK)
		f->asked = 0; /* once more, at the next turn */
	ward_wipe(k->buf, w.len);
	ward_wipe(k->piece, want);
}

static void take(struct ward_keeping *k, struct ward_msg *m)
{
	struct ward_kept_file *f = &k->file[0];
	struct ward_decided d;
	struct ward_id id;

	if (!k->n || !f->asked || m->id != f->asked || m->type != WARD_MSG_DECIDED ||
		ward_decided_get(&m->body, &d) != WARD_OK)
		return; /* of a former life, or asked again */
	f->asked = 0;
	if (d.err == WARD_ERR_MALFORMED && f->off && !f->anew) { /* it began anew meanwhile */
		f->anew = true;
		f->off = 0;
		return;
	}
	if (d.err || ward_photo_said(d.json, &id)) {
		ward_count_name(k->counters, d.err ? "file.not_kept" : "file.kept", 1);
		drop_first(k);
		return;
	}
	size_t left = f->size - f->off;

	f->off += (uint32_t)(left < WARD_PHOTO_PIECE ? left : WARD_PHOTO_PIECE);
	if (f->off == f->size) /* all of it, and nothing was said of it: from its beginning */
		f->off = 0;
}

enum ward_err ward_keeping_turn(struct ward_keeping *k)
{
	struct ward_msg m;
	enum ward_err err;

	while ((err = ward_msg_recv(k->link, k->buf, &m)) == WARD_OK)
		take(k, &m);
	if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
		return WARD_ERR_CLOSED;
	if (!k->n)
		return WARD_OK;
	if (k->file[0].asked && ward_clock_mono(k->clock) - k->file[0].sent > again) {
		k->file[0].asked = 0; /* another life of `clips` has nothing of it */
		k->file[0].off = 0;
	}
	if (!k->file[0].asked)
		send(k);
	return WARD_OK;
}

void ward_keeping_end(struct ward_keeping *k)
{
	while (k->n)
		drop_first(k);
}
