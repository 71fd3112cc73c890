#include "exercise/record.h"

/* On its way from the sensor over the broker. */
static const ward_ns mqtt_delay = 200 * WARD_NS_PER_MS;

size_t ward_record_count(const struct ward_scenario *c, enum ward_act act)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_step; i++)
		n += c->step[i].act == act;
	return n;
}

ward_ns ward_record_arrival(const struct ward_scenario *c, const struct ward_step *s)
{
	return ward_record_time(c, s) + mqtt_delay;
}

void ward_record_syslog(const struct ward_scenario *c, struct ward_wr *w)
{
	for (size_t i = 0; i < c->n_step; i++) {
		const struct ward_step *s = &c->step[i];

		if (s->act != WARD_ACT_SYSLOG && s->act != WARD_ACT_LOG)
			continue;
		ward_act_syslog(c, s, ward_record_time(c, s), w);
		ward_wr_ch(w, '\n');
	}
}

struct moment {
	ward_ns time;
	size_t step, i;
};

/* All frames in order of time, then of steps. Insertion: an answer only steps behind the requests
 * of the same moment, so there is next to nothing to move. */
static struct moment *moments(const struct ward_scenario *c, size_t cap)
{
	struct moment *at = ward_mem_alloc(c->mem, cap * sizeof(*at));
	size_t n = 0;

	for (size_t step = 0; at && step < c->n_step; step++) {
		const struct ward_step *s = &c->step[step];

		for (size_t i = 0; i < ward_act_frames(s); i++) {
			ward_ns time = ward_record_time(c, s) + ward_act_frame_after(s, i);
			size_t k = n++;

			for (; k > 0 && at[k - 1].time > time; k--)
				at[k] = at[k - 1];
			at[k] = (struct moment){time, step, i};
		}
	}
	return at;
}

/* draft-ietf-opsawg-pcap: the file's header. */
static void put_head(struct ward_wr *w)
{
	enum { MAGIC_MICROSECONDS = (int)0xa1b2c3d4, SNAPLEN = 262144, ETHERNET = 1 };

	ward_wr_le32(w, (uint32_t)MAGIC_MICROSECONDS);
	ward_wr_le16(w, 2);
	ward_wr_le16(w, 4);
	ward_wr_le32(w, 0);
	ward_wr_le32(w, 0);
	ward_wr_le32(w, SNAPLEN);
	ward_wr_le32(w, ETHERNET);
}

enum ward_err ward_record_frames(const struct ward_scenario *c, struct ward_wr *w)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_step; i++)
		n += ward_act_frames(&c->step[i]);
	struct moment *at = n ? moments(c, n) : NULL;

	if (n && !at)
		return WARD_ERR_NOMEM;
	put_head(w);
	for (size_t i = 0; i < n; i++) {
		uint8_t buf[WARD_ACT_FRAME_MAX];
		struct ward_wr frame = ward_wr_fixed(buf, sizeof(buf));

		ward_act_frame(c, at[i].step, at[i].i, &frame);
		WARD_ASSERT(!ward_wr_bad(&frame)); /* every text has its limit */
		ward_wr_le32(w, (uint32_t)(at[i].time / WARD_NS_PER_S));
		ward_wr_le32(w, (uint32_t)(at[i].time % WARD_NS_PER_S / 1000));
		ward_wr_le32(w, (uint32_t)frame.len);
		ward_wr_le32(w, (uint32_t)frame.len);
		ward_wr_bytes(w, frame.p, frame.len);
	}
	ward_mem_free(c->mem, at, n * sizeof(*at));
	return WARD_OK;
}
