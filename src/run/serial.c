#include "run/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

static const struct {
	uint64_t baud;
	speed_t speed;
} rates[] = {{1200, B1200}, {2400, B2400}, {4800, B4800}, {9600, B9600}, {19200, B19200},
	{38400, B38400}, {57600, B57600}, {115200, B115200}, {230400, B230400}};

static const struct {
	const char *name;
	tcflag_t flags;
} frames[] = {{"8n1", CS8}, {"7e1", CS7 | PARENB}, {"7o1", CS7 | PARENB | PARODD},
	{"8e1", CS8 | PARENB}, {"8n2", CS8 | CSTOPB}, {"7e2", CS7 | PARENB | CSTOPB}};

static bool frame_flags(struct ward_str frame, tcflag_t *ret)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(frames); i++)
		if (ward_str_eqz(frame, frames[i].name)) {
			*ret = frames[i].flags;
			return true;
		}
	return false;
}

static bool speed_of(uint64_t baud, speed_t *ret)
{
	for (size_t i = 0; i < WARD_ARRAY_LEN(rates); i++)
		if (rates[i].baud == baud) {
			*ret = rates[i].speed;
			return true;
		}
	return false;
}

bool ward_serial_frame_known(struct ward_str frame)
{
	tcflag_t flags;

	return frame_flags(frame, &flags);
}

bool ward_serial_baud_known(uint64_t baud)
{
	speed_t speed;

	return speed_of(baud, &speed);
}

static bool set(int fd, speed_t speed, tcflag_t flags)
{
	struct termios t;

	if (tcgetattr(fd, &t) != 0)
		return false;
	cfmakeraw(&t);
	t.c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB);
	t.c_cflag |= CLOCAL | CREAD | flags;
	t.c_iflag &= ~(tcflag_t)(INPCK | PARMRK);
	t.c_iflag |= flags & PARENB && (flags & CSIZE) == CS7 ? ISTRIP : 0;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return cfsetispeed(&t, speed) == 0 && cfsetospeed(&t, speed) == 0 &&
	       tcsetattr(fd, TCSANOW, &t) == 0;
}

static enum ward_err open_for(
	int mode, const char *path, uint64_t baud, struct ward_str frame, int *ret_fd)
{
	tcflag_t flags = CS8;
	speed_t speed = B9600;
	bool known = frame_flags(frame, &flags) && speed_of(baud, &speed);
	/* not blocked by a line without carrier; reading is by poll */
	int fd = open(path, mode | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	WARD_ASSERT(known);
	if (fd < 0)
		return WARD_ERR_IO;
	if (isatty(fd) && !set(fd, speed, flags)) {
		int why = errno;

		(void)close(fd);
		errno = why;
		return WARD_ERR_IO;
	}
	*ret_fd = fd;
	return WARD_OK;
}

enum ward_err ward_serial_open(const char *path, uint64_t baud, struct ward_str frame, int *ret_fd)
{
	return open_for(O_RDONLY, path, baud, frame, ret_fd);
}

enum ward_err ward_serial_open_both(
	const char *path, uint64_t baud, struct ward_str frame, int *ret_fd)
{
	return open_for(O_RDWR, path, baud, frame, ret_fd);
}
