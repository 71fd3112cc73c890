/* Whoever is told, or asked, in a played scenario: it takes each message as a recipient would, does
 * nothing, and says that it has it. It stands for the outside world, as the player does, so that
 * what people decide in an exercise goes its whole way through Ward. No exercise leaves the
 * machine by it: it has no socket but its link. */
#include "run/postbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

enum { POLL_MS = 500 };

int main(int argc, char **argv)
{
	static struct ward_process p;
	static uint8_t buf[WARD_MSG_MAX];
	const struct ward_outcome has_it = {.what = WARD_SENT_DELIVERED, .status = 204};
	struct ward_letter l;
	bool acts;

	ward_process_begin(&p, "played", argc, argv);
	int link = ward_process_fd(&p, "act");

	acts = link != WARD_FD_NONE;
	if (!acts)
		link = ward_process_need_fd(&p, "respond");
	if (fcntl(link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&p, "its link", WARD_ERR_IO);
	ward_process_cage(&p, WARD_CAGE_PLAIN, NULL);
	if (acts)
		ward_postbox_begun(&p, link);
	while (!ward_process_stopping()) {
		struct pollfd wait = {link, POLLIN, 0};

		if (ward_postbox_take(&p, link, buf, &l)) {
			ward_count_name(&p.counters, "send.delivered", 1);
			(void)ward_postbox_say(&p, link, l.id, &has_it);
			continue;
		}
		ward_process_count(&p);
		if (poll(&wait, 1, POLL_MS) < 0 && errno != EINTR)
			ward_process_die(&p, "poll", WARD_ERR_IO);
	}
	return ward_process_end(&p);
}
