/* What a step writes to a played controller: the frames are for Ward's network sensor, and the same
 * request goes to where the controller stands, so that what it measures from then on is what comes
 * of it. */
#include "exercise/write.h"
#include "run/play_sets.h"
#include "run/proc/play.h"
#include "run/proc/play_link.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ANSWER_MS = 500,
	AGAIN = 20, /* it may just come up, or be started anew */
	WAIT_MS = 250,
};

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

static void set(struct player *pl, const struct ward_step *s)
{
	const struct ward_play_set is = {.at = play_time(pl),
		.controller = (uint32_t)(s->set.controller - pl->scenario->controller),
		.value = s->set.value,
		.to = s->set.to};

	if (!ward_play_set_add(pl->sets, &is))
		ward_process_die(&pl->p, "what happens to a controller", WARD_ERR_IO);
}

void play_write(struct player *pl, uint32_t step)
{
	const struct ward_step *s = &pl->scenario->step[step];
	const struct ward_controller *k;
	uint8_t buf[WARD_WRITE_MAX];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	size_t at = 0;

	if (s->act == WARD_ACT_SET)
		set(pl, s);
	/* who does not answer is asked no more in this step: the play goes on */
	while ((k = ward_write_next(pl->scenario, s, &at, &w)) != NULL && !ward_wr_bad(&w) &&
		say(pl, step, k, ward_wr_slice(&w)))
		ward_wr_reset(&w);
}
