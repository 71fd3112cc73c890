#include "run/postbox.h"

bool ward_postbox_take(
	struct ward_process *p, int link, uint8_t buf[WARD_MSG_MAX], struct ward_letter *ret)
{
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(link, buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return false;
	if (!err)
		err = m.type == WARD_MSG_SEND ? ward_letter_get(&m.body, ret) : WARD_ERR_DENIED;
	if (err) {
		ward_count_name(&p->counters, "send.refused", 1);
		return false;
	}
	if (ward_clock_mono(p->clock) > ret->until) {
		ward_count_name(&p->counters, "send.late", 1);
		return false;
	}
	return true;
}
