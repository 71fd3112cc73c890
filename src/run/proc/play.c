/* The scenario player: what a scenario's hosts, controllers and sensors send, at its time, by real
 * protocols.
 *
 * It stands for the outside world: Ward has no other tie to it than the wires. An MQTT connection
 * that breaks is made anew, and what was not acknowledged is said again, as sensors do. How far it
 * came is kept (play_kept.c) and in the exercise's log: its next life goes on there. A trainer may
 * lead it (play_lead.c). */
#include "run/proc/play.h"

#include "run/play_clock.h"
#include "run/proc/play_link.h"
#include "run/proc/play_mqtt.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECT_S = 10, /* Ward's listeners may come up at the same time */
	RETRY_MS = 100,
	ANSWER_MS = 5000,
	FINISH_MS = 10000,
	TURN_MS = 250,
};

/* So long before a step the record, which takes a moment, is looked at but once in `seldom`. */
static const ward_ns soon = 500 * WARD_NS_PER_MS, seldom = WARD_NS_PER_S;
/* So long a branch waits for the record. */
static const ward_ns patience = 10 * WARD_NS_PER_S;

/* ---- time ---- */

ward_ns play_scaled(ward_ns t, uint64_t by, uint64_t of)
{
	ward_ns per = (ward_ns)of, n = (ward_ns)by;

	return t / per * n + t % per * n / per;
}

ward_ns play_time(const struct player *pl)
{
	return play_scaled(
		ward_play_gone(pl->clock, pl->begin, ward_clock_mono(pl->p.clock)), pl->speed, 100);
}

void play_set_time(struct player *pl, ward_ns played, bool held)
{
	if (!ward_play_clock_set(pl->clock, pl->begin, ward_clock_mono(pl->p.clock),
		    play_scaled(played, 100, pl->speed), held))
		ward_process_die(&pl->p, "cannot keep the time", WARD_ERR_IO);
}

/* Monotonic: when it is that time of the play, if nothing holds it. */
static ward_ns due(const struct player *pl, ward_ns played)
{
	return ward_clock_mono(pl->p.clock) + play_scaled(played - play_time(pl), 100, pl->speed) +
	       1;
}

/* ---- links ---- */

/* wire=SOURCE:IFACE */
static void open_wires(struct player *pl)
{
	const char *text;

	for (size_t i = 0; (text = ward_process_nth(&pl->p, "wire", i)) != NULL; i++) {
		struct ward_str iface = ward_str_z(text), id = ward_str_cut(&iface, ':');
		struct play_wire *w = &pl->wire[pl->n_wire];
		enum ward_err err;

		if (pl->n_wire == PLAY_WIRES)
			ward_process_die(&pl->p, "too many wires", WARD_ERR_LIMIT);
		w->source = ward_model_source(pl->model, id);
		if (!w->source || !iface.len || !ward_str_eqz(w->source->kind, "net"))
			ward_process_die(&pl->p, text, WARD_ERR_CONFIG);
		err = ward_link_wire(iface.p, &w->fd);
		if (err)
			ward_process_die(&pl->p, text, err);
		pl->n_wire++;
	}
}

static bool sees(const struct ward_source *s, uint32_t network)
{
	for (size_t i = 0; i < s->n_watches; i++)
		if (s->watches[i] == network)
			return true;
	return false;
}

const struct play_wire *play_wire_of(struct player *pl, uint32_t network)
{
	for (size_t i = 0; i < pl->n_wire; i++)
		if (sees(pl->wire[i].source, network))
			return &pl->wire[i];
	WARD_LOG(&pl->p.log, ERROR, "play.no_wire",
		WARD_KV_S("network", ward_model_node(pl->model, network)->id));
	ward_process_die(&pl->p, "no wire for a network of the scenario", WARD_ERR_CONFIG);
}

static enum ward_err try_open(struct player *pl, struct play_link *l)
{
	struct ward_str where = l->source->where, way = ward_str_cut(&where, ':');
	char host[WARD_LINK_HOST_MAX];
	int port;

	if (ward_str_eqz(way, "udp"))
		return ward_link_connect(where, SOCK_DGRAM, &l->fd);
	if (ward_str_eqz(way, "tcp")) {
		l->stream = true;
		return ward_link_connect(where, SOCK_STREAM, &l->fd);
	}
	if (ward_str_eqz(way, "snmp-trap"))
		return ward_link_from(where, pl->scenario->host[l->from].ip, &l->fd);
	if (!ward_str_eqz(way, "mqtt") && !ward_str_eqz(way, "mqtt-listen"))
		return WARD_ERR_CONFIG;
	if (!ward_link_split(where, host, &port))
		return WARD_ERR_CONFIG;
	return ward_publisher_connect(host, port, ANSWER_MS, &l->publisher);
}

static void connect_link(struct player *pl, struct play_link *l)
{
	ward_ns until = ward_clock_mono(pl->p.clock) + CONNECT_S * WARD_NS_PER_S;
	enum ward_err err;

	while ((err = try_open(pl, l)) != WARD_OK) {
		if (err == WARD_ERR_CONFIG || ward_clock_mono(pl->p.clock) > until ||
			ward_process_stopping()) {
			WARD_LOG(&pl->p.log, ERROR, "play.unreachable",
				WARD_KV_S("source", l->source->id),
				WARD_KV_S("where", l->source->where));
			ward_process_die(&pl->p, "a source cannot be reached", err);
		}
		(void)poll(NULL, 0, RETRY_MS);
	}
}

static bool is_over(const struct player *pl, size_t step)
{
	return ward_course_fate(pl->course, step) != WARD_COURSE_WAITS;
}

static void open_link(struct player *pl, const struct ward_step *s)
{
	if (pl->n_link == PLAY_LINKS)
		ward_process_die(&pl->p, "too many sources", WARD_ERR_LIMIT);
	pl->link[pl->n_link] =
		(struct play_link){.source = s->source, .from = s->from, .fd = WARD_FD_NONE};
	connect_link(pl, &pl->link[pl->n_link++]);
}

static struct play_link *link_of(struct player *pl, const struct ward_step *s)
{
	for (size_t i = 0; i < pl->n_link; i++)
		if (pl->link[i].source == s->source && pl->link[i].from == s->from)
			return &pl->link[i];
	return NULL;
}

/* What the steps that may still be sent need. */
static void open_links(struct player *pl)
{
	const struct ward_scenario *c = pl->scenario;

	for (size_t i = 0; i < c->lead.n_step; i++) {
		const struct ward_step *s = &c->step[i];

		if (pl->lead.desk == WARD_FD_NONE && (i >= c->n_step || is_over(pl, i)) &&
			!play_owes(pl, i))
			continue; /* it is never sent again */
		if (ward_act_frames(s) || s->act == WARD_ACT_TOOL)
			(void)play_wire_of(pl, ward_act_network(c, s));
		else if (s->source && s->act != WARD_ACT_ESPA /* that line calls */ &&
			 !link_of(pl, s))
			open_link(pl, s);
	}
}

static enum ward_err publish(
	struct player *pl, const struct play_link *l, const struct play_sent *sent)
{
	struct ward_step *s = &pl->scenario->step[sent->step];
	char name[WARD_ACT_TOPIC_MAX];
	struct ward_wr topic = ward_wr_fixed(name, sizeof(name));

	s->mqtt.seq = sent->seq;
	ward_wr_reset(&pl->text);
	ward_act_topic(pl->scenario, s, &topic);
	ward_wr_u8(&topic, 0);
	ward_act_payload(s, (struct ward_str){pl->boot, WARD_ACT_BOOT}, ward_clock_now(pl->p.clock),
		&pl->text);
	if (ward_wr_bad(&topic) || ward_wr_bad(&pl->text))
		return WARD_ERR_NOMEM;
	return ward_publisher_put(l->publisher, name, ward_wr_slice(&pl->text));
}

static bool is_put(const struct player *pl, const struct play_link *l, size_t i)
{
	return pl->sent[i].put && pl->scenario->step[pl->sent[i].step].source == l->source;
}

/* The last `owed` messages of a link once more. */
static enum ward_err say_again(struct player *pl, const struct play_link *l, uint64_t owed)
{
	size_t i = pl->n_sent;
	enum ward_err err = WARD_OK;

	while (i && owed)
		owed -= is_put(pl, l, --i);
	for (; i < pl->n_sent && !err; i++)
		if (is_put(pl, l, i))
			err = publish(pl, l, &pl->sent[i]);
	return err;
}

/* The MQTT connection broke with so many messages not acknowledged. */
static void relink(struct player *pl, struct play_link *l, uint64_t owed)
{
	enum ward_err err;

	do {
		ward_publisher_free(l->publisher);
		l->publisher = NULL;
		connect_link(pl, l);
		err = say_again(pl, l, owed);
	} while (err == WARD_ERR_CLOSED || err == WARD_ERR_IO);
	if (err)
		ward_process_die(&pl->p, "a message could not be sent again", err);
	WARD_LOG(&pl->p.log, INFO, "play.relinked", WARD_KV_S("source", l->source->id),
		WARD_KV_U("said_again", owed));
}

/* Serves the MQTT connections until `until`, or a second at most. */
static void turn(struct player *pl, ward_ns until)
{
	struct pollfd p[PLAY_LINKS + 1];
	ward_ns heard = play_heard_due(pl), now = ward_clock_mono(pl->p.clock);
	ward_ns left = (heard < until ? heard : until) - now;
	int ms = left <= 0                         ? 0
		 : left > TURN_MS * WARD_NS_PER_MS ? TURN_MS
						   : (int)(left / WARD_NS_PER_MS) + 1;

	for (size_t i = 0; i < pl->n_link; i++)
		p[i] = (struct pollfd){.events = POLLIN,
			.fd = pl->link[i].publisher ? ward_publisher_fd(pl->link[i].publisher)
						    : -1};
	p[pl->n_link] = (struct pollfd){.events = POLLIN, .fd = pl->lead.desk};
	if (poll(p, (nfds_t)pl->n_link + 1, ms) < 0 && errno != EINTR)
		ward_process_die(&pl->p, "poll", WARD_ERR_IO);
	for (size_t i = 0; i < pl->n_link; i++) {
		struct play_link *l = &pl->link[i];
		enum ward_err err = l->publisher ? ward_publisher_turn(l->publisher) : WARD_OK;

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			relink(pl, l, ward_publisher_unacked(l->publisher));
		else if (err)
			ward_process_die(&pl->p, "the MQTT connection", err);
	}
	play_heard(pl);
}

/* A datagram that nobody took is said again for a while: its listener may just be coming up. */
static enum ward_err say_datagram(struct player *pl, const struct play_link *l, struct ward_slice s)
{
	ward_ns until = ward_clock_mono(pl->p.clock) + CONNECT_S * WARD_NS_PER_S;
	enum ward_err err;

	while ((err = ward_link_datagram(l->fd, s)) == WARD_ERR_AGAIN) {
		ward_ns now = ward_clock_mono(pl->p.clock);

		if (now > until || ward_process_stopping())
			return err;
		turn(pl, now + RETRY_MS * WARD_NS_PER_MS);
		(void)poll(NULL, 0, RETRY_MS);
	}
	return err;
}

static enum ward_err play_message(struct player *pl, const struct play_sent *sent, ward_ns now)
{
	const struct ward_step *s = &pl->scenario->step[sent->step];
	struct play_link *l = link_of(pl, s);
	enum ward_err err;

	if (s->act == WARD_ACT_ESPA)
		return ward_play_call(pl->clock, sent->step) ? WARD_OK : WARD_ERR_IO;
	if (!s->source)
		return WARD_OK;
	if (s->act == WARD_ACT_TRAP) {
		ward_wr_reset(&pl->text);
		ward_act_trap(pl->scenario, s, &pl->text);
		return say_datagram(pl, l, ward_wr_slice(&pl->text));
	}

	if (s->act == WARD_ACT_SYSLOG || s->act == WARD_ACT_LOG) {
		ward_wr_reset(&pl->text);
		ward_act_syslog(pl->scenario, s, now, &pl->text);
		if (ward_wr_bad(&pl->text))
			return WARD_ERR_NOMEM;
		return l->stream ? ward_link_counted(l->fd, ward_wr_slice(&pl->text))
				 : say_datagram(pl, l, ward_wr_slice(&pl->text));
	}
	err = publish(pl, l, sent);
	if (err != WARD_ERR_CLOSED && err != WARD_ERR_IO)
		return err;
	relink(pl, l, ward_publisher_unacked(l->publisher) + 1); /* this one too */
	return WARD_OK;
}

static enum ward_err play_frames(struct player *pl, size_t step)
{
	const struct ward_scenario *c = pl->scenario;
	const struct ward_step *s = &c->step[step];
	const struct play_wire *wire = play_wire_of(pl, ward_act_network(c, s));

	for (size_t i = 0; i < ward_act_frames(s); i++) {
		uint8_t buf[WARD_ACT_FRAME_MAX];
		struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
		enum ward_err err;

		ward_act_frame(c, step, i, &w);
		WARD_ASSERT(!ward_wr_bad(&w)); /* every text has its limit */
		err = ward_link_frame(wire->fd, ward_wr_slice(&w));
		if (err)
			return err;
	}
	return WARD_OK;
}

/* Hands it on, all that of it can be at once. */
static void hand_on(struct player *pl, size_t i)
{
	struct play_sent *sent = &pl->sent[i];
	const struct ward_step *s = &pl->scenario->step[sent->step];
	enum ward_err err = WARD_OK;

	if (play_tool(pl, sent->step, i)) { /* and writes by itself */
		play_over(pl, i, PLAY_OVER);
		return;
	}
	if (s->act == WARD_ACT_TOOL) {
		play_heard_begin(pl, i);
		return;
	}
	sent->put = s->act == WARD_ACT_MQTT; /* and its broker owes an answer */
	if (ward_act_frames(s))
		err = play_frames(pl, sent->step);
	else
		err = play_message(pl, sent, ward_clock_now(pl->p.clock));
	if (!err) {
		play_over(pl, i, sent->put ? PLAY_WROTE : PLAY_SAID);
		if (!sent->put)
			play_write(pl, i);
		return;
	}
	WARD_LOG(&pl->p.log, ERROR, "play.step_failed", WARD_KV_U("step", sent->step + 1),
		WARD_KV_Z("act", ward_act_name(s->act)), WARD_KV_Z("reason", strerror(errno)));
	ward_process_die(&pl->p, "a step could not be sent", err);
}

void play_say(struct player *pl, size_t i)
{
	const struct play_sent *sent = &pl->sent[i];
	const struct ward_step *s = &pl->scenario->step[sent->step];

	if (s->note.len && !sent->mark.is && !sent->mark.frames)
		WARD_LOG(&pl->p.log, INFO, "play.step", WARD_KV_U("step", sent->step + 1),
			WARD_KV_U("of", pl->scenario->n_step),
			WARD_KV_Z("act", ward_act_name(s->act)), WARD_KV_S("note", s->note));
	if (!(sent->mark.is & PLAY_SAID))
		hand_on(pl, i); /* and writes, or will */
	else if (sent->mark.is == PLAY_SAID)
		play_write(pl, i);
}

void play_send(struct player *pl, uint32_t step)
{
	play_note(pl, step);
	play_say(pl, pl->n_sent - 1);
}

/* Until everything was sent, and is acknowledged where the protocol has that. */
static void finish(struct player *pl)
{
	while (play_heard_due(pl) != WARD_NS_NEVER && !ward_process_stopping()) {
		play_hear(pl); /* that may be minutes, in which somebody leads on */
		turn(pl, WARD_NS_NEVER);
	}
	ward_ns until = ward_clock_mono(pl->p.clock) + FINISH_MS * WARD_NS_PER_MS;

	while (play_unacked(pl) && !ward_process_stopping()) {
		if (ward_clock_mono(pl->p.clock) > until)
			ward_process_die(&pl->p, "the broker does not acknowledge", WARD_ERR_AGAIN);
		turn(pl, until);
	}
	for (size_t i = 0; i < pl->n_link; i++) {
		struct play_link *l = &pl->link[i];
		enum ward_err err = l->stream ? ward_link_finish(l->fd, FINISH_MS) : WARD_OK;

		if (err)
			ward_process_die(&pl->p, "a syslog receiver does not finish", err);
	}
}

void play_on(struct player *pl, struct ward_course_entry *e)
{
	const char *why;

	if (e->what == WARD_COURSE_STEP || e->what == WARD_COURSE_BROUGHT)
		play_send(pl, e->index);
	enum ward_err err = play_take(pl, e, &why);

	if (err)
		ward_process_die(&pl->p, why, err);
	play_settle(pl);
}

/* What comes next, and when it is due, monotonic; NEVER: the play is held, or over. */
static ward_ns next(const struct player *pl, struct ward_course_entry *ret)
{
	if (!ward_course_next(pl->course, ret) || ward_course_paused(pl->course) ||
		(ret->what == WARD_COURSE_END && pl->lead.waits))
		return WARD_NS_NEVER;
	return ret->what == WARD_COURSE_END || play_time(pl) >= ret->played
		       ? ward_clock_mono(pl->p.clock)
		       : due(pl, ret->played);
}

bool play_waits(struct player *pl)
{
	ward_ns now = ward_clock_mono(pl->p.clock);

	if (!pl->unseen)
		pl->unseen = now;
	if (now - pl->unseen < patience) {
		turn(pl, now + RETRY_MS * WARD_NS_PER_MS);
		return true;
	}
	WARD_LOG(&pl->p.log, WARN, "play.branch_unseen",
		WARD_KV_I("waited_ms", (now - pl->unseen) / WARD_NS_PER_MS));
	return false;
}

/* One turn: what was asked and decided meanwhile, then what comes next, when it is time for it. */
static void go(struct player *pl)
{
	struct ward_course_entry e;
	ward_ns until, now;

	play_heard(pl);
	play_hear(pl);
	until = next(pl, &e);
	now = ward_clock_mono(pl->p.clock);
	bool branch = until <= now && e.what == WARD_COURSE_BRANCH;
	bool seen = play_look(pl, !branch && until - now < soon ? seldom : 0);

	if (branch && !seen && play_waits(pl))
		return;
	pl->unseen = 0;
	until = next(pl, &e); /* what was seen may have changed it */
	if (until <= ward_clock_mono(pl->p.clock) && (branch || e.what != WARD_COURSE_BRANCH)) {
		play_on(pl, &e);
		return;
	}
	turn(pl, until);
	play_settle(pl);
}

static void play(struct player *pl, size_t before)
{
	struct ward_course_entry e;

	while (!ward_process_stopping() && !play_life_ends(pl) && ward_course_next(pl->course, &e))
		go(pl);
	if (ward_process_stopping())
		return;
	finish(pl);
	play_write_end(pl);
	play_settle(pl);
	play_lead_last(pl);
	play_life_end(pl);
	WARD_LOG(&pl->p.log, INFO, "play.done", WARD_KV_U("steps", pl->n_sent - before),
		WARD_KV_U("skipped", before));
}

static void end(struct player *pl)
{
	for (size_t i = 0; i < pl->n_link; i++) {
		ward_publisher_free(pl->link[i].publisher);
		if (pl->link[i].fd != WARD_FD_NONE)
			close(pl->link[i].fd);
	}
	for (size_t i = 0; i < pl->n_wire; i++)
		close(pl->wire[i].fd);
	ward_wr_fini(&pl->text);
	play_lead_end(pl);
	play_truth_free(pl);
	play_seen_end(pl);
	ward_wr_fini(&pl->worth);
	ward_course_free(pl->course);
	free(pl->stage);
	ward_mem_free(ward_mem_heap(), pl->sent, pl->cap_sent * sizeof(*pl->sent));
	ward_scenario_free(pl->scenario);
	ward_model_free(pl->model);
	free(pl);
}

int main(int argc, char **argv)
{
	struct player *pl = calloc(1, sizeof(*pl));

	if (!pl)
		return WARD_PROCESS_DIED;
	ward_process_begin(&pl->p, "play", argc, argv);
	pl->text = ward_wr_grow(ward_mem_heap(), WARD_ACT_TEXT_MAX);
	play_load(pl);
	ward_ns begun = ward_clock_mono(pl->p.clock);

	if (pl->begin == WARD_NS_NEVER) /* now */
		pl->begin = begun;
	(void)ward_act_boot(pl->scenario, pl->begin, pl->boot);
	pl->position = ward_process_fd(&pl->p, "position");
	pl->clock = ward_process_fd(&pl->p, "clock");
	pl->lead.log = ward_process_fd(&pl->p, "log");
	pl->lead.desk = ward_process_fd(&pl->p, "desk");
	play_go_on(pl, pl->begin == begun ? 0 : play_time(pl));
	size_t before = pl->n_sent;

	open_wires(pl);
	open_links(pl);
	play_tool_begin(pl);
	ward_process_cage(&pl->p, WARD_CAGE_OUTSIDE, NULL);
	WARD_LOG(&pl->p.log, INFO, "play.begin", WARD_KV_S("scenario", pl->scenario->id),
		WARD_KV_U("first", before + 1), WARD_KV_U("of", pl->scenario->n_step),
		WARD_KV_I("begin", pl->begin));
	play_owed(pl);
	play_lead_catch_up(pl);
	play(pl, before);
	end(pl);
	return WARD_PROCESS_DONE;
}
