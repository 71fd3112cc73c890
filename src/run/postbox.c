#include "run/postbox.h"

enum ward_posted ward_postbox_next(struct ward_process *p, int link, uint8_t buf[WARD_MSG_MAX],
	struct ward_letter *ret, struct ward_id *ret_id)
{
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(link, buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(p, "the supervisor closed a link", err);
	if (err == WARD_ERR_AGAIN)
		return WARD_POSTED_NOTHING;
	if (!err && m.type == WARD_MSG_WITHDRAW) {
		struct ward_slice id = ward_rd_bytes(&m.body, sizeof(ret_id->b));

		if (id.len == sizeof(ret_id->b) && !ward_rd_left(&m.body)) {
			memcpy(ret_id->b, id.p, id.len);
			return WARD_POSTED_WITHDRAWN;
		}
		err = WARD_ERR_MALFORMED;
	}
	if (!err)
		err = m.type == WARD_MSG_SEND ? ward_letter_get(&m.body, ret) : WARD_ERR_DENIED;
	if (!err)
		return WARD_POSTED_LETTER;
	ward_count_name(&p->counters, "send.refused", 1);
	return WARD_POSTED_NOTHING;
}

bool ward_postbox_late(struct ward_process *p, const struct ward_letter *l)
{
	bool late = ward_clock_mono(p->clock) > l->until;

	ward_count_name(&p->counters, "send.late", late);
	return late;
}

bool ward_postbox_take(
	struct ward_process *p, int link, uint8_t buf[WARD_MSG_MAX], struct ward_letter *ret)
{
	struct ward_id id;

	/* what is sent in one go can't be kept back */
	return ward_postbox_next(p, link, buf, ret, &id) == WARD_POSTED_LETTER &&
	       !ward_postbox_late(p, ret);
}

static bool say(struct ward_process *p, int link, enum ward_msg_type type, struct ward_slice body)
{
	enum ward_err err = ward_msg_send(link, type, 0, body);

	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(p, "the supervisor closed a link", err);
	return !err;
}

bool ward_postbox_say(
	struct ward_process *p, int link, struct ward_id id, const struct ward_outcome *o)
{
	uint8_t body[512];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_outcome_put(&w, id, o);
	WARD_ASSERT(!ward_wr_bad(&w));
	return say(p, link, WARD_MSG_SENT, ward_wr_slice(&w));
}

void ward_postbox_begun(struct ward_process *p, int link)
{
	(void)say(p, link, WARD_MSG_AGAIN, ward_slice_of(NULL, 0));
}
