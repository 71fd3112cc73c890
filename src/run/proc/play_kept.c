/* What was sent, and how far that is done with: in the memory file "position" of the supervisor, a
 * mark for each, so that a player that is started anew does what is left of each and nothing again.
 * Who does not answer holds nothing up but its own mark. */
#include "run/proc/play.h"
#include "run/proc/play_mqtt.h"

#include <unistd.h>

static off_t place_of(size_t i)
{
	return (off_t)(i * sizeof(struct play_mark));
}

static void keep(struct player *pl, size_t i)
{
	const struct play_mark *m = &pl->sent[i].mark;

	if (pl->position != WARD_FD_NONE &&
		pwrite(pl->position, m, sizeof(*m), place_of(i)) != (ssize_t)sizeof(*m))
		ward_process_die(&pl->p, "cannot keep the position", WARD_ERR_IO);
}

/* Nothing, or half of one: nothing was sent there. */
static struct play_mark read_mark(const struct player *pl, size_t i)
{
	struct play_mark m = {.step = 0};

	if (pl->position == WARD_FD_NONE ||
		pread(pl->position, &m, sizeof(m), place_of(i)) != (ssize_t)sizeof(m))
		m.step = 0;
	return m;
}

static bool of_sensor(const struct ward_step *a, const struct ward_step *b)
{
	return a->act == WARD_ACT_MQTT && b->act == WARD_ACT_MQTT && a->source == b->source &&
	       ward_str_eq(a->mqtt.kind, b->mqtt.kind) &&
	       ward_str_eq(a->mqtt.sensor, b->mqtt.sensor);
}

void play_note(struct player *pl, uint32_t step)
{
	const struct ward_step *s = &pl->scenario->step[step];
	struct play_mark m = read_mark(pl, pl->n_sent);
	uint64_t seq = 0;

	if (ward_mem_more(ward_mem_heap(), &pl->sent, pl->n_sent, &pl->cap_sent, sizeof(*pl->sent),
		    PLAY_SENT) != WARD_OK)
		ward_process_die(&pl->p, "too much was sent", WARD_ERR_LIMIT);
	for (size_t i = 0; s->act == WARD_ACT_MQTT && i < pl->n_sent; i++)
		seq += of_sensor(s, &pl->scenario->step[pl->sent[i].step]);
	pl->sent[pl->n_sent++] = (struct play_sent){.step = step, .seq = seq, .mark = m};
	if (m.step == step + 1) /* of a former life */
		return;
	pl->sent[pl->n_sent - 1].mark = (struct play_mark){.step = step + 1};
	keep(pl, pl->n_sent - 1);
}

void play_over(struct player *pl, size_t i, unsigned is)
{
	pl->sent[i].mark.is |= is;
	keep(pl, i);
}

void play_framed(struct player *pl, size_t i)
{
	pl->sent[i].mark.frames++;
	keep(pl, i);
}

uint64_t play_unacked(const struct player *pl)
{
	uint64_t n = 0;

	for (size_t i = 0; i < pl->n_link; i++)
		if (pl->link[i].publisher)
			n += ward_publisher_unacked(pl->link[i].publisher);
	return n;
}

/* Brokers acknowledge in order: what is owed is what was said to them last (MQTT 5 4.6). */
static void settle_link(struct player *pl, const struct play_link *l)
{
	uint64_t owed = ward_publisher_unacked(l->publisher);

	for (size_t i = pl->n_sent; i-- > pl->n_over;) {
		const struct play_sent *sent = &pl->sent[i];

		if (!sent->put || pl->scenario->step[sent->step].source != l->source)
			continue;
		if (owed)
			owed--;
		else if (!(sent->mark.is & PLAY_SAID))
			play_over(pl, i, PLAY_SAID);
	}
}

void play_settle(struct player *pl)
{
	for (size_t i = 0; i < pl->n_link; i++)
		if (pl->link[i].publisher)
			settle_link(pl, &pl->link[i]);
	(void)play_writing(pl);
	while (pl->n_over < pl->n_sent && pl->sent[pl->n_over].mark.is == PLAY_OVER)
		pl->n_over++;
}

bool play_owes(const struct player *pl, size_t step)
{
	for (size_t i = pl->n_over; i < pl->n_sent; i++)
		if (pl->sent[i].step == step && pl->sent[i].mark.is != PLAY_OVER)
			return true;
	return false;
}

/* ---- a next life ---- */

/* The first n steps of the story were sent. */
static void skip(struct player *pl, size_t n)
{
	struct ward_course_entry e;
	const char *why;

	while (pl->n_sent < n && ward_course_next(pl->course, &e) && e.what != WARD_COURSE_END) {
		if (ward_course_take(pl->course, &e, &why) != WARD_OK)
			ward_process_die(&pl->p, why, WARD_ERR_STATE);
		if (e.what == WARD_COURSE_STEP)
			play_note(pl, e.index);
	}
}

/* Nobody owes anything of what was due before it began. */
static void skip_until(struct player *pl, ward_ns now)
{
	size_t n = 0;

	while (n < pl->scenario->n_step && pl->scenario->step[n].at < now)
		n++;
	skip(pl, n);
	for (size_t i = 0; i < pl->n_sent; i++)
		play_over(pl, i, PLAY_OVER);
}

/* What a former life sent, and its entries say. */
static void remember(struct player *pl)
{
	size_t n;
	const struct ward_course_entry *e = ward_course_entries(pl->course, &n);

	for (size_t i = 0; i < n; i++)
		if (e[i].what == WARD_COURSE_STEP || e[i].what == WARD_COURSE_BROUGHT ||
			e[i].what == WARD_COURSE_REPEAT)
			play_note(pl, e[i].index);
}

void play_go_on(struct player *pl, ward_ns now)
{
	size_t n = 0;

	if (pl->position == WARD_FD_NONE) {
		skip_until(pl, now);
		return;
	}
	if (play_lead_begin(pl)) {
		remember(pl);
		return;
	}
	while (pl->lead.log == WARD_FD_NONE && n < PLAY_SENT && read_mark(pl, n).step)
		n++;
	skip(pl, n);
}

void play_owed(struct player *pl)
{
	struct ward_course_entry e;
	uint32_t last = read_mark(pl, pl->n_sent).step;

	for (size_t i = 0; i < pl->n_sent; i++)
		if (pl->sent[i].mark.is != PLAY_OVER)
			play_say(pl, i);
	play_settle(pl);
	if (last && !ward_course_paused(pl->course) && ward_course_next(pl->course, &e) &&
		(e.what == WARD_COURSE_STEP || e.what == WARD_COURSE_BROUGHT) &&
		e.index + 1 == last)
		play_on(pl, &e);
}
