/* The scenario player: what a scenario's hosts, controllers and sensors send, at its time, by real
 * protocols.
 *
 * It stands for the outside world: Ward has no other tie to it than the wires. An MQTT connection
 * that breaks is made anew, and what was not acknowledged is said again, as sensors do. How far it
 * came is kept in the memory file "position" of the supervisor: its next life goes on there. */
#include "exercise/act.h"
#include "run/proc/play_link.h"
#include "run/proc/play_mqtt.h"
#include "run/process.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LINKS_MAX = 32,
	WIRES_MAX = 16,
	CONNECT_S = 10, /* Ward's listeners may come up at the same time */
	RETRY_MS = 100,
	ANSWER_MS = 5000,
	FINISH_MS = 10000,
	TURN_MS = 1000,
	SPEED_MAX = 100000,
};

struct link {
	const struct ward_source *source;
	uint32_t from; /* traps: the host that sends them; else WARD_NONE */
	bool stream;
	int fd;                           /* syslog, traps */
	struct ward_publisher *publisher; /* MQTT */
};

struct wire {
	const struct ward_source *source;
	int fd;
};

struct player {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_model *model;
	struct ward_scenario *scenario;
	struct link link[LINKS_MAX];
	size_t n_link;
	struct wire wire[WIRES_MAX];
	size_t n_wire;
	ward_ns begin;  /* monotonic: when step 0 is due */
	uint64_t speed; /* percent */
	char boot[WARD_ACT_BOOT];
	size_t n_played; /* steps that were sent, or are just being sent */
	int position; /* memory file: steps done, 8 bytes in this machine's order; or WARD_FD_NONE
		       */
	struct ward_wr text;
};

static const char *need(struct player *pl, const char *key)
{
	const char *v = ward_process_setting(&pl->p, key);

	if (!v)
		ward_process_die(&pl->p, key, WARD_ERR_CONFIG);
	return v;
}

static uint64_t number(struct player *pl, const char *key, const char *text)
{
	uint64_t v;

	if (!ward_str_u64(ward_str_z(text), &v) || v > INT64_MAX)
		ward_process_die(&pl->p, key, WARD_ERR_CONFIG);
	return v;
}

static void load(struct player *pl)
{
	struct ward_diag d;
	const char *dir = need(pl, "hospital"), *content = need(pl, "content");
	const char *scenario = need(pl, "scenario");
	const char *speed = ward_process_setting(&pl->p, "speed");
	const char *begin = ward_process_setting(&pl->p, "begin");
	struct ward_scenario_in in = {.lim = &pl->lim, .mem = ward_mem_heap(), .diag = &d};
	enum ward_err err;

	pl->begin = begin ? (ward_ns)number(pl, "begin", begin) : WARD_NS_NEVER;
	pl->speed = speed ? number(pl, "speed", speed) : 100;
	if (!pl->speed || pl->speed > SPEED_MAX)
		ward_process_die(&pl->p, "speed", WARD_ERR_CONFIG);
	ward_diag_init(&d, in.mem);
	ward_limits_default(&pl->lim);
	err = ward_model_limits(dir, in.mem, &d, &pl->lim);
	if (!err)
		err = ward_model_load(dir, content, &pl->lim, in.mem, &d, &pl->model);
	in.m = pl->model;
	if (!err)
		err = ward_scenario_load(scenario, &in, &pl->scenario);
	for (size_t i = 0; i < d.n; i++)
		if (d.item[i].level == WARD_DIAG_ERROR)
			WARD_LOG(&pl->p.log, ERROR, "play.finding",
				WARD_KV_S("file", d.item[i].file),
				WARD_KV_U("line", d.item[i].line),
				WARD_KV_S("what", d.item[i].what));
	ward_diag_fini(&d);
	if (err)
		ward_process_die(&pl->p, "cannot load the scenario", err);
}

static ward_ns due(const struct player *pl, const struct ward_step *s)
{
	return pl->begin + (ward_ns)((uint64_t)s->at / pl->speed * 100 +
				     (uint64_t)s->at % pl->speed * 100 / pl->speed);
}

/* wire=SOURCE:IFACE */
static void open_wires(struct player *pl)
{
	const char *text;

	for (size_t i = 0; (text = ward_process_nth(&pl->p, "wire", i)) != NULL; i++) {
		struct ward_str iface = ward_str_z(text), id = ward_str_cut(&iface, ':');
		struct wire *w = &pl->wire[pl->n_wire];
		enum ward_err err;

		if (pl->n_wire == WIRES_MAX)
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

/* The first wire on that network, so that a frame goes out once. */
static const struct wire *wire_of(struct player *pl, uint32_t network)
{
	for (size_t i = 0; i < pl->n_wire; i++)
		if (sees(pl->wire[i].source, network))
			return &pl->wire[i];
	WARD_LOG(&pl->p.log, ERROR, "play.no_wire",
		WARD_KV_S("network", ward_model_node(pl->model, network)->id));
	ward_process_die(&pl->p, "no wire for a network of the scenario", WARD_ERR_CONFIG);
}

static enum ward_err try_open(struct player *pl, struct link *l)
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

static void connect_link(struct player *pl, struct link *l)
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

static void open_link(struct player *pl, const struct ward_step *s)
{
	if (pl->n_link == LINKS_MAX)
		ward_process_die(&pl->p, "too many sources", WARD_ERR_LIMIT);
	pl->link[pl->n_link] =
		(struct link){.source = s->source, .from = s->from, .fd = WARD_FD_NONE};
	connect_link(pl, &pl->link[pl->n_link++]);
}

static struct link *link_of(struct player *pl, const struct ward_step *s)
{
	for (size_t i = 0; i < pl->n_link; i++)
		if (pl->link[i].source == s->source && pl->link[i].from == s->from)
			return &pl->link[i];
	return NULL;
}

/* What the steps from `first` on need. */
static void open_links(struct player *pl, size_t first)
{
	const struct ward_scenario *c = pl->scenario;

	for (size_t i = first; i < c->n_step; i++) {
		const struct ward_step *s = &c->step[i];

		if (ward_act_frames(s))
			(void)wire_of(pl, ward_act_network(c, s));
		else if (s->act != WARD_ACT_ESPA /* that line's process calls */
			 && s->act != WARD_ACT_NONE && !link_of(pl, s))
			open_link(pl, s);
	}
}

static enum ward_err publish(struct player *pl, const struct link *l, const struct ward_step *s)
{
	char name[WARD_ACT_TOPIC_MAX];
	struct ward_wr topic = ward_wr_fixed(name, sizeof(name));

	ward_wr_reset(&pl->text);
	ward_act_topic(pl->scenario, s, &topic);
	ward_wr_u8(&topic, 0);
	ward_act_payload(s, (struct ward_str){pl->boot, WARD_ACT_BOOT}, ward_clock_now(pl->p.clock),
		&pl->text);
	if (ward_wr_bad(&topic) || ward_wr_bad(&pl->text))
		return WARD_ERR_NOMEM;
	return ward_publisher_put(l->publisher, name, ward_wr_slice(&pl->text));
}

/* The last `owed` messages of a link once more. */
static enum ward_err say_again(struct player *pl, const struct link *l, uint64_t owed)
{
	const struct ward_step *step = pl->scenario->step;
	size_t i = pl->n_played;
	enum ward_err err = WARD_OK;

	while (i && owed)
		owed -= step[--i].source == l->source;
	for (; i < pl->n_played && !err; i++)
		if (step[i].source == l->source)
			err = publish(pl, l, &step[i]);
	return err;
}

/* The MQTT connection broke with so many messages not acknowledged. */
static void relink(struct player *pl, struct link *l, uint64_t owed)
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

static uint64_t unacked(const struct player *pl)
{
	uint64_t n = 0;

	for (size_t i = 0; i < pl->n_link; i++)
		if (pl->link[i].publisher)
			n += ward_publisher_unacked(pl->link[i].publisher);
	return n;
}

/* The first `done` steps are out; kept once nobody owes an answer to one of them. */
static void keep_position(struct player *pl, uint64_t done)
{
	if (pl->position != WARD_FD_NONE && unacked(pl) == 0 &&
		pwrite(pl->position, &done, sizeof(done), 0) != (ssize_t)sizeof(done))
		ward_process_die(&pl->p, "cannot keep the position", WARD_ERR_IO);
}

/* Serves the MQTT connections until `until`, or a second at most. */
static void turn(struct player *pl, ward_ns until)
{
	struct pollfd p[LINKS_MAX];
	ward_ns left = until - ward_clock_mono(pl->p.clock);
	int ms = left <= 0                         ? 0
		 : left > TURN_MS * WARD_NS_PER_MS ? TURN_MS
						   : (int)(left / WARD_NS_PER_MS) + 1;

	for (size_t i = 0; i < pl->n_link; i++)
		p[i] = (struct pollfd){.events = POLLIN,
			.fd = pl->link[i].publisher ? ward_publisher_fd(pl->link[i].publisher)
						    : -1};
	if (poll(p, (nfds_t)pl->n_link, ms) < 0 && errno != EINTR)
		ward_process_die(&pl->p, "poll", WARD_ERR_IO);
	for (size_t i = 0; i < pl->n_link; i++) {
		struct link *l = &pl->link[i];
		enum ward_err err = l->publisher ? ward_publisher_turn(l->publisher) : WARD_OK;

		if (err == WARD_ERR_CLOSED || err == WARD_ERR_IO)
			relink(pl, l, ward_publisher_unacked(l->publisher));
		else if (err)
			ward_process_die(&pl->p, "the MQTT connection", err);
	}
}

/* A datagram that nobody took is said again for a while: its listener may just be coming up. */
static enum ward_err say_datagram(struct player *pl, const struct link *l, struct ward_slice s)
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

static enum ward_err play_message(struct player *pl, const struct ward_step *s, ward_ns now)
{
	struct link *l = link_of(pl, s);
	enum ward_err err;

	if (s->act == WARD_ACT_ESPA || s->act == WARD_ACT_NONE)
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
	err = publish(pl, l, s);
	if (err != WARD_ERR_CLOSED && err != WARD_ERR_IO)
		return err;
	relink(pl, l, ward_publisher_unacked(l->publisher) + 1); /* this one too */
	return WARD_OK;
}

static enum ward_err play_frames(struct player *pl, size_t step)
{
	const struct ward_scenario *c = pl->scenario;
	const struct ward_step *s = &c->step[step];
	const struct wire *wire = wire_of(pl, ward_act_network(c, s));

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

static void play_step(struct player *pl, size_t i)
{
	const struct ward_step *s = &pl->scenario->step[i];
	enum ward_err err;

	if (s->note.len)
		WARD_LOG(&pl->p.log, INFO, "play.step", WARD_KV_U("step", i + 1),
			WARD_KV_U("of", pl->scenario->n_step),
			WARD_KV_Z("act", ward_act_name(s->act)), WARD_KV_S("note", s->note));
	err = ward_act_frames(s) ? play_frames(pl, i)
				 : play_message(pl, s, ward_clock_now(pl->p.clock));
	if (!err)
		return;
	WARD_LOG(&pl->p.log, ERROR, "play.step_failed", WARD_KV_U("step", i + 1),
		WARD_KV_Z("act", ward_act_name(s->act)), WARD_KV_Z("reason", strerror(errno)));
	ward_process_die(&pl->p, "a step could not be sent", err);
}

/* Until everything that was sent is acknowledged where the protocol has that. */
static void finish(struct player *pl)
{
	ward_ns until = ward_clock_mono(pl->p.clock) + FINISH_MS * WARD_NS_PER_MS;

	while (unacked(pl) && !ward_process_stopping()) {
		if (ward_clock_mono(pl->p.clock) > until)
			ward_process_die(&pl->p, "the broker does not acknowledge", WARD_ERR_AGAIN);
		turn(pl, until);
	}
	for (size_t i = 0; i < pl->n_link; i++) {
		struct link *l = &pl->link[i];
		enum ward_err err = l->stream ? ward_link_finish(l->fd, FINISH_MS) : WARD_OK;

		if (err)
			ward_process_die(&pl->p, "a syslog receiver does not finish", err);
	}
}

static void play(struct player *pl, size_t first)
{
	const struct ward_scenario *c = pl->scenario;

	for (size_t i = first; i < c->n_step; i++) {
		while (!ward_process_stopping() &&
			ward_clock_mono(pl->p.clock) < due(pl, &c->step[i])) {
			turn(pl, due(pl, &c->step[i]));
			keep_position(pl, i);
		}
		if (ward_process_stopping())
			return;
		pl->n_played = i + 1;
		play_step(pl, i);
		keep_position(pl, i + 1);
	}
	finish(pl);
	keep_position(pl, c->n_step);
	WARD_LOG(&pl->p.log, INFO, "play.done", WARD_KV_U("steps", c->n_step - first),
		WARD_KV_U("skipped", first));
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
	ward_scenario_free(pl->scenario);
	ward_model_free(pl->model);
	free(pl);
}

/* The step to begin with: where a former life stopped. Who gave no place to keep that in gets what
 * is not yet due. */
static size_t first_step(const struct player *pl, ward_ns now)
{
	uint64_t done = 0;
	size_t first = 0;
	ssize_t n;

	if (pl->position != WARD_FD_NONE) {
		n = pread(pl->position, &done, sizeof(done), 0);
		if (n != 0 && n != (ssize_t)sizeof(done)) /* never a part of it */
			return pl->scenario->n_step;
		return done < pl->scenario->n_step ? (size_t)done : pl->scenario->n_step;
	}
	while (first < pl->scenario->n_step && due(pl, &pl->scenario->step[first]) < now)
		first++;
	return first;
}

int main(int argc, char **argv)
{
	struct player *pl = calloc(1, sizeof(*pl));
	size_t first;

	if (!pl)
		return WARD_PROCESS_DIED;
	ward_process_begin(&pl->p, "play", argc, argv);
	pl->text = ward_wr_grow(ward_mem_heap(), WARD_ACT_TEXT_MAX);
	load(pl);
	ward_ns now = ward_clock_mono(pl->p.clock);

	if (pl->begin == WARD_NS_NEVER)
		pl->begin = now;
	(void)ward_act_boot(pl->scenario, pl->begin, pl->boot);
	pl->position = ward_process_fd(&pl->p, "position");
	first = pl->n_played = first_step(pl, now);
	open_wires(pl);
	open_links(pl, first);
	ward_process_cage(&pl->p, WARD_CAGE_OUTSIDE, NULL);
	WARD_LOG(&pl->p.log, INFO, "play.begin", WARD_KV_S("scenario", pl->scenario->id),
		WARD_KV_U("first", first + 1), WARD_KV_U("of", pl->scenario->n_step),
		WARD_KV_I("begin", pl->begin));
	play(pl, first);
	end(pl);
	return WARD_PROCESS_DONE;
}
