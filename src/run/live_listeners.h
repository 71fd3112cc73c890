/* Inside the supervisor: what is handed to `respond` as lines. */
#ifndef WARD_RUN_LIVE_LISTENERS_H
#define WARD_RUN_LIVE_LISTENERS_H

#include "run/live_priv.h"

#include "exchange/standard.h"

/* The lines of whom there is to tell, and where what is, for `respond`. */
WARD_MUST_CHECK enum ward_err live_hand_listeners(struct live *l);
/* The standard whose messages this recipient gets, if any. */
enum ward_standard live_sends(const struct ward_recipient *r);
/* A line for `respond` for each playbook that people can begin. */
WARD_MUST_CHECK enum ward_err live_put_playbooks(struct live *l, struct ward_wr *w);

#endif
