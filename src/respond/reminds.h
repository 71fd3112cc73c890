/* Inside respond: what its reminders of the law's clocks keep (remind.c). */
#ifndef WARD_RESPOND_REMINDS_H
#define WARD_RESPOND_REMINDS_H

#include "base/clock.h"
#include "base/wr.h"

struct remind;
struct reminds {
	ward_ns agreements_at; /* looked at: agreement.c */
	struct remind *of;     /* incidents of which something was said for the law */
	size_t n, cap;
	struct ward_wr rows; /* what was said, as rows */
	ward_ns at;          /* looked at last, as of then … */
	bool news;           /* … and something was said since */
};

#endif
