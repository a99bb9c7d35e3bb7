/** Words of the exported sheets, by language. */
import type { DayStatus } from './report.ts';
import type { StayFlag } from './sessions.ts';

export interface AttendanceWords {
  readonly sheetDays: string;
  readonly sheetWeeks: string;
  readonly sheetMonths: string;
  readonly name: string;
  readonly group: string;
  readonly day: string;
  readonly week: string;
  readonly month: string;
  readonly status: string;
  readonly firstIn: string;
  readonly lastOut: string;
  readonly hoursInside: string;
  readonly hoursBetween: string;
  readonly minutesLate: string;
  readonly remarks: string;
  readonly daysPresent: string;
  readonly daysLate: string;
  readonly daysAbsent: string;
  readonly daysIncomplete: string;
  readonly statuses: Readonly<Record<DayStatus, string>>;
  readonly flags: Readonly<Record<StayFlag, string>>;
}

export const attendanceWords: Readonly<Record<'en' | 'vi', AttendanceWords>> = {
  en: {
    sheetDays: 'Days',
    sheetWeeks: 'Weeks',
    sheetMonths: 'Months',
    name: 'Name',
    group: 'Group',
    day: 'Day',
    week: 'Week',
    month: 'Month',
    status: 'Status',
    firstIn: 'First in',
    lastOut: 'Last out',
    hoursInside: 'Hours inside',
    hoursBetween: 'Hours from first in to last out',
    minutesLate: 'Minutes late',
    remarks: 'Remarks',
    daysPresent: 'Days present',
    daysLate: 'Days late',
    daysAbsent: 'Days absent',
    daysIncomplete: 'Days incomplete',
    statuses: { present: 'present', late: 'late', absent: 'absent', off: 'not expected', expected: 'not here yet' },
    flags: {
      'missing-in': 'no check-in recorded',
      'missing-out': 'no check-out recorded',
      open: 'still here',
      'repeated-in': 'checked in more than once',
      'clock-set-back': 'the clock was set back',
      corrected: 'corrected',
    },
  },
  vi: {
    sheetDays: 'Ngày',
    sheetWeeks: 'Tuần',
    sheetMonths: 'Tháng',
    name: 'Họ tên',
    group: 'Nhóm',
    day: 'Ngày',
    week: 'Tuần',
    month: 'Tháng',
    status: 'Trạng thái',
    firstIn: 'Vào lần đầu',
    lastOut: 'Ra lần cuối',
    hoursInside: 'Số giờ có mặt',
    hoursBetween: 'Số giờ từ lần vào đầu đến lần ra cuối',
    minutesLate: 'Số phút đi muộn',
    remarks: 'Ghi chú',
    daysPresent: 'Số ngày có mặt',
    daysLate: 'Số ngày đi muộn',
    daysAbsent: 'Số ngày vắng',
    daysIncomplete: 'Số ngày thiếu dữ liệu',
    statuses: { present: 'có mặt', late: 'đi muộn', absent: 'vắng', off: 'không có lịch', expected: 'chưa đến' },
    flags: {
      'missing-in': 'không ghi nhận giờ vào',
      'missing-out': 'không ghi nhận giờ ra',
      open: 'vẫn còn ở đây',
      'repeated-in': 'vào nhiều lần',
      'clock-set-back': 'đồng hồ bị chỉnh lùi',
      corrected: 'đã hiệu chỉnh',
    },
  },
};
