#include "run/proc/desk_still.h"

#include "base/diag.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* After an answer; and when none comes, longer than anybody waits for it. */
static const ward_ns between = 3 * WARD_NS_PER_S, unanswered = 25 * WARD_NS_PER_S;

void desk_cameras_open(struct desk_cameras *c, struct ward_process *p)
{
	int fd = ward_process_fd(p, "cameras");
	struct stat st = {0};

	*c = (struct desk_cameras){.text = WARD_STR("")};
	for (size_t k = 0; k < WARD_CAMERAS_MAX; k++) {
		char name[WARD_PROCESS_NAME];

		ward_process_numbered(name, "video", k);
		c->link[k] = ward_process_fd(p, name);
		if (c->link[k] != WARD_FD_NONE && fcntl(c->link[k], F_SETFL, O_NONBLOCK) != 0)
			ward_process_die(p, name, WARD_ERR_IO);
	}
	if (fd == WARD_FD_NONE)
		return;
	if (fstat(fd, &st) != 0)
		ward_process_die(p, "cameras", WARD_ERR_IO);
	size_t len = (size_t)st.st_size;
	void *map = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;

	if (map == MAP_FAILED)
		ward_process_die(p, "cameras", WARD_ERR_IO);
	c->text = (struct ward_str){map, len};
}

static size_t find(const struct desk_cameras *c, struct ward_str id)
{
	for (struct ward_str text = c->text; text.len;) {
		struct ward_str line = ward_str_cut(&text, '\n'), number = ward_str_cut(&line, ' ');
		uint64_t k;

		if (ward_str_eq(line, id) && ward_str_u64(number, &k) && k < WARD_CAMERAS_MAX &&
			c->link[k] != WARD_FD_NONE)
			return (size_t)k;
	}
	return WARD_CAMERAS_MAX;
}

enum ward_err desk_cameras_ask(struct desk_cameras *c, struct ward_str id, ward_ns now,
	size_t *ret_k, const char **ret_why)
{
	size_t k = find(c, id);

	if (!id.len) {
		*ret_why = WARD_TEXT(
			"look at it in the console, or by `ward watch`, which needs no desk");
		return WARD_ERR_DENIED;
	}
	if (k == WARD_CAMERAS_MAX) {
		*ret_why = WARD_TEXT("nothing here reads that camera's picture: no source of "
				     "sources.yml watches it, or it is not played");
		return WARD_ERR_NOT_FOUND;
	}
	/* a clock that was set back hinders nobody */
	if (now < c->free[k] && c->free[k] - now <= unanswered) {
		*ret_why = WARD_TEXT("somebody looked at this camera just now; try again in some "
				     "seconds");
		return WARD_ERR_AGAIN;
	}
	c->free[k] = now + unanswered;
	*ret_k = k;
	return WARD_OK;
}

void desk_cameras_poll(const struct desk_cameras *c, struct pollfd *p)
{
	for (size_t k = 0; k < WARD_CAMERAS_MAX; k++)
		p[k] = (struct pollfd){c->link[k], POLLIN, 0};
}

bool desk_cameras_hear(struct desk_cameras *c, struct ward_process *p, size_t k, uint8_t *buf,
	struct ward_still_is *ret)
{
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(c->link[k], buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(p, "video", err);
	if (err == WARD_ERR_AGAIN)
		return false;
	if (err || m.type != WARD_MSG_STILL_IS || ward_still_is_get(&m.body, ret) != WARD_OK) {
		ward_count_name(&p->counters, "desk.unread_answers", 1);
		return false;
	}
	c->free[k] = ward_clock_now(p->clock) + between;
	return true;
}
