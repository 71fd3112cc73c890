/* What a step writes to a played controller: the frames are for Ward's network sensor, and the same
 * request goes to where the controller stands, so that what it measures from then on is what comes
 * of it. */
#include "exercise/write.h"
#include "run/play_sets.h"
#include "run/proc/play.h"
#include "run/proc/play_link.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ANSWER_MS = 500,
	AGAIN = 20, /* it may just come up, or be started anew */
	WAIT_MS = 250,
	LAST_S = 30,
};
enum { LINK = STDERR_FILENO + 1, SETS }; /* the child's descriptors */

/* The answer to a request that was sent. AGAIN: none came in time. */
static enum ward_err hear_end(int fd, const struct ward_controller *k, struct ward_slice request,
	enum ward_write_end *ret, const char **ret_why)
{
	uint8_t buf[WARD_DEVICE_ANSWER];
	bool stream = ward_device_speaks(k->source->kind) == WARD_DEVICE_MODBUS;
	size_t n = 0;

	for (unsigned turns = 0; turns < AGAIN; turns++) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t got = poll(&p, 1, ANSWER_MS) > 0
				      ? recv(fd, buf + n, sizeof(buf) - n, MSG_DONTWAIT)
				      : -1;

		if (got <= 0)
			return WARD_ERR_AGAIN;
		n = stream ? n + (size_t)got : (size_t)got;
		*ret = ward_write_ended(k, request, ward_slice_of(buf, n), ret_why);
		if (*ret == WARD_WRITE_DONE || *ret == WARD_WRITE_REFUSED)
			return WARD_OK;
		n = stream && *ret == WARD_WRITE_MORE && n < sizeof(buf) ? n : 0;
	}
	return WARD_ERR_AGAIN;
}

/* On a socket of its own, so that no answer is taken for another's. */
static enum ward_err say_once(const struct ward_controller *k, struct ward_slice request,
	enum ward_write_end *ret, const char **ret_why)
{
	bool stream = ward_device_speaks(k->source->kind) == WARD_DEVICE_MODBUS;
	int fd;
	enum ward_err err = ward_link_connect(k->at, stream ? SOCK_STREAM : SOCK_DGRAM, &fd);

	if (err)
		return err;
	if (send(fd, request.p, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
		err = WARD_ERR_AGAIN;
	else
		err = hear_end(fd, k, request, ret, ret_why);
	(void)close(fd);
	return err;
}

/* False: nobody answered. */
static bool say(struct player *pl, uint32_t step, const struct ward_controller *k,
	struct ward_slice request)
{
	enum ward_write_end end = WARD_WRITE_FOREIGN;
	const char *why = "";
	enum ward_err err = WARD_ERR_AGAIN;

	for (unsigned i = 0; err == WARD_ERR_AGAIN && i < AGAIN && !ward_process_stopping(); i++) {
		if (i)
			(void)poll(NULL, 0, WAIT_MS);
		err = say_once(k, request, &end, &why);
	}
	if (err)
		WARD_LOG(&pl->p.log, WARN, "play.write_unanswered", WARD_KV_U("step", step + 1),
			WARD_KV_S("source", k->source->id), WARD_KV_S("at", k->at));
	else if (end == WARD_WRITE_REFUSED)
		WARD_LOG(&pl->p.log, WARN, "play.write_refused", WARD_KV_U("step", step + 1),
			WARD_KV_S("source", k->source->id), WARD_KV_S("at", k->at),
			WARD_KV_Z("reason", why));
	else
		WARD_LOG(&pl->p.log, INFO, "play.written", WARD_KV_U("step", step + 1),
			WARD_KV_S("source", k->source->id), WARD_KV_S("at", k->at));
	return !err;
}

static void set(struct player *pl, const struct ward_step *s, ward_ns at)
{
	const struct ward_play_set is = {.at = at,
		.controller = (uint32_t)(s->set.controller - pl->scenario->controller),
		.value = s->set.value,
		.to = s->set.to};

	if (!ward_play_set_add(pl->sets, &is))
		ward_process_die(&pl->p, "what happens to a controller", WARD_ERR_IO);
}

/* ---- a child of its own, so that who does not answer holds nothing but what comes behind ---- */

struct job {
	uint32_t step, sent; /* which of those that were sent */
	ward_ns at;          /* of the play */
};

static void work(struct player *pl, const struct job *job)
{
	const struct ward_step *s = &pl->scenario->step[job->step];
	const struct ward_controller *k;
	uint8_t buf[WARD_WRITE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t at = 0;

	if (s->act == WARD_ACT_SET)
		set(pl, s, job->at);
	/* who does not answer is asked no more in this step */
	while ((k = ward_write_next(pl->scenario, s, &at, &w)) != NULL && !ward_wr_bad(&w) &&
		say(pl, job->step, k, ward_wr_slice(&w)))
		ward_wr_reset(&w);
}

/* The player's sockets are not kept open here. */
static WARD_NORETURN void live(struct player *pl, int link)
{
	struct job job;
	bool has = pl->sets != WARD_FD_NONE;
	int sets = has ? fcntl(pl->sets, F_DUPFD_CLOEXEC, SETS + 1) : -1;

	link = fcntl(link, F_DUPFD_CLOEXEC, SETS + 1);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || dup2(link, LINK) < 0 ||
		(has && dup2(sets, SETS) < 0) || close_range(SETS + !!has, ~0u, 0) != 0)
		_exit(WARD_PROCESS_DIED);
	pl->sets = has ? SETS : WARD_FD_NONE;
	while (recv(LINK, &job, sizeof(job), 0) == (ssize_t)sizeof(job)) {
		work(pl, &job);
		if (send(LINK, &job.sent, sizeof(job.sent), MSG_NOSIGNAL) !=
			(ssize_t)sizeof(job.sent))
			break;
	}
	_exit(WARD_PROCESS_DONE);
}

static void begin(struct player *pl)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		ward_process_die(&pl->p, "who writes to controllers", WARD_ERR_IO);
	pl->write.pid = fork();
	if (pl->write.pid == 0)
		live(pl, pair[1]);
	(void)close(pair[1]);
	pl->write.fd = pair[0];
	if (pl->write.pid < 0)
		ward_process_die(&pl->p, "who writes to controllers", WARD_ERR_IO);
}

/* So is all that it was given and did not do, and is marked only once it did: the next life says it
 * again. */
static WARD_NORETURN void is_gone(struct player *pl)
{
	ward_process_die(&pl->p, "who writes to controllers", WARD_ERR_CLOSED);
}

bool play_writing(struct player *pl)
{
	uint32_t sent;
	ssize_t n = 0;

	while (pl->write.n &&
		(n = recv(pl->write.fd, &sent, sizeof(sent), MSG_DONTWAIT)) ==
			(ssize_t)sizeof(sent) &&
		sent < pl->n_sent) {
		play_over(pl, sent, PLAY_WROTE);
		pl->write.n--;
	}
	if (!pl->write.n || (n < 0 && (errno == EAGAIN || errno == EINTR)))
		return pl->write.n != 0;
	is_gone(pl);
}

/* Does the step write to a controller? */
static bool writes(const struct player *pl, const struct ward_step *s)
{
	uint8_t buf[WARD_WRITE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t at = 0;

	return ward_write_next(pl->scenario, s, &at, &w) != NULL;
}

void play_write(struct player *pl, size_t i)
{
	uint32_t step = pl->sent[i].step;
	const struct ward_step *s = &pl->scenario->step[step];
	const struct job job = {.step = step, .sent = (uint32_t)i, .at = play_time(pl)};
	bool waits = play_writing(pl);

	if (s->act == WARD_ACT_SET && !waits)
		set(pl, s, job.at);
	if (s->act == WARD_ACT_SET ? !waits : !writes(pl, s)) {
		play_over(pl, i, PLAY_WROTE);
		return;
	}
	if (!pl->write.pid)
		begin(pl);
	if (send(pl->write.fd, &job, sizeof(job), MSG_DONTWAIT | MSG_NOSIGNAL) ==
		(ssize_t)sizeof(job)) {
		pl->write.n++;
		return;
	}
	if (errno != EAGAIN)
		is_gone(pl);
	WARD_LOG(&pl->p.log, ERROR, "play.writes_lost", WARD_KV_U("steps", 1));
	play_over(pl, i, PLAY_WROTE);
}

void play_write_end(struct player *pl)
{
	ward_ns until = ward_clock_mono(pl->p.clock) + LAST_S * WARD_NS_PER_S;

	while (play_writing(pl) && !ward_process_stopping() &&
		ward_clock_mono(pl->p.clock) < until) {
		struct pollfd p = {.fd = pl->write.fd, .events = POLLIN};

		(void)poll(&p, 1, WAIT_MS);
	}
	if (play_writing(pl) && !ward_process_stopping())
		WARD_LOG(&pl->p.log, ERROR, "play.writes_lost", WARD_KV_U("steps", pl->write.n));
}
