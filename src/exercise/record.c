#include "exercise/record.h"

#include <stdlib.h>

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

bool ward_record_next(struct ward_record_walk *walk)
{
	const struct ward_step *at[2] = {NULL, NULL};

	for (size_t i = 0; i < 2; i++)
		if (walk->of[i] && walk->next[i] < walk->of[i]->n_step)
			at[i] = &walk->of[i]->step[walk->next[i]];
	if (!at[0] && !at[1])
		return false;
	size_t i = !at[0] || (at[1] && ward_record_time(walk->of[1], at[1]) <
					       ward_record_time(walk->of[0], at[0]));

	walk->next[i]++;
	walk->in = walk->of[i];
	walk->step = at[i];
	return true;
}

void ward_record_syslog(
	const struct ward_scenario *c, const struct ward_scenario *life, struct ward_wr *w)
{
	struct ward_record_walk walk = {.of = {c, life}};

	while (ward_record_next(&walk)) {
		const struct ward_step *s = walk.step;

		if (s->act != WARD_ACT_SYSLOG && s->act != WARD_ACT_LOG)
			continue;
		ward_act_syslog(walk.in, s, ward_record_time(walk.in, s), w);
		ward_wr_ch(w, '\n');
	}
}

struct moment {
	ward_ns time;
	const struct ward_scenario *of;
	size_t step, i, order;
};

static int in_time(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	return x->time != y->time ? (x->time > y->time) - (x->time < y->time)
				  : (x->order > y->order) - (x->order < y->order);
}

/* All frames in order of time, then of steps. */
static struct moment *moments(const struct ward_mem *mem, struct ward_record_walk walk, size_t cap)
{
	struct moment *at = ward_mem_alloc(mem, cap * sizeof(*at));
	size_t n = 0;

	while (at && ward_record_next(&walk))
		for (size_t i = 0; i < ward_act_frames(walk.step); i++, n++)
			at[n] = (struct moment){ward_record_time(walk.in, walk.step) +
							ward_act_frame_after(walk.step, i),
				walk.in, (size_t)(walk.step - walk.in->step), i, n};
	if (at)
		qsort(at, n, sizeof(*at), in_time);
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

enum ward_err ward_record_frames(
	const struct ward_scenario *c, const struct ward_scenario *life, struct ward_wr *w)
{
	struct ward_record_walk walk = {.of = {c, life}}, count = walk;
	size_t n = 0;

	while (ward_record_next(&count))
		n += ward_act_frames(count.step);
	struct moment *at = n ? moments(c->mem, walk, n) : NULL;

	if (n && !at)
		return WARD_ERR_NOMEM;
	put_head(w);
	for (size_t i = 0; i < n; i++) {
		uint8_t buf[WARD_ACT_FRAME_MAX];
		struct ward_wr frame = ward_wr_fixed(buf, sizeof(buf));

		ward_act_frame(at[i].of, at[i].step, at[i].i, &frame);
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
