/** Errors of check-ins, attendance and its reports. */
import { type ErrorTexts, NOTHING, UNWRITTEN } from './phrases.ts';

export const ATTENDANCE = {
  'question-over': {
    en: {
      happened: 'Nobody is being asked any more.',
      kept: 'Nothing was recorded.',
      todo: 'Look at the camera again.',
    },
    vi: { happened: 'Câu hỏi này đã hết thời gian.', kept: 'Không có gì được ghi.', todo: 'Hãy nhìn lại vào camera.' },
  },
  'not-found.check-in': {
    en: { happened: 'This check-in is not in the log.', kept: UNWRITTEN.en, todo: 'Look at the day again.' },
    vi: { happened: 'Lượt chấm công này không có trong nhật ký.', kept: UNWRITTEN.vi, todo: 'Hãy xem lại ngày đó.' },
  },
  'correction-reason': {
    en: {
      happened: 'A correction needs a reason, of at most 500 characters.',
      kept: UNWRITTEN.en,
      todo: 'Say why the log is to be corrected.',
    },
    vi: {
      happened: 'Hiệu chỉnh cần có lý do, nhiều nhất 500 ký tự.',
      kept: UNWRITTEN.vi,
      todo: 'Hãy nêu vì sao cần hiệu chỉnh nhật ký.',
    },
  },
  'correction-future': {
    en: {
      happened: 'That time has not come yet.',
      kept: UNWRITTEN.en,
      todo: "Give the time at which it happened, and look at the kiosk's clock.",
    },
    vi: {
      happened: 'Thời điểm đó chưa đến.',
      kept: UNWRITTEN.vi,
      todo: 'Hãy nêu thời điểm đã xảy ra, và xem lại đồng hồ của máy.',
    },
  },
  'correction-void': {
    en: {
      happened: 'This check-in was taken out already.',
      kept: UNWRITTEN.en,
      todo: 'To bring it back, add it again.',
    },
    vi: {
      happened: 'Lượt chấm công này đã bị gạch bỏ rồi.',
      kept: UNWRITTEN.vi,
      todo: 'Để lấy lại, hãy thêm lại lượt đó.',
    },
  },
  'time-zone-unknown': {
    en: {
      happened: 'The time zone is not one this computer knows.',
      kept: NOTHING.en,
      todo: 'Use a name like "Europe/Berlin" or "Asia/Ho_Chi_Minh".',
    },
    vi: {
      happened: 'Máy tính này không biết múi giờ đó.',
      kept: NOTHING.vi,
      todo: 'Hãy dùng tên như "Europe/Berlin" hoặc "Asia/Ho_Chi_Minh".',
    },
  },
  'locale-unknown': {
    en: { happened: 'That is not a locale.', kept: NOTHING.en, todo: 'Write it as "en-GB" or "vi".' },
    vi: { happened: 'Đó không phải là mã ngôn ngữ.', kept: NOTHING.vi, todo: 'Hãy viết như "en-GB" hoặc "vi".' },
  },
  'day-invalid': {
    en: { happened: 'That is not a day of the calendar.', todo: 'Write a day as YYYY-MM-DD, such as 2026-01-31.' },
    vi: {
      happened: 'Đó không phải là một ngày trong lịch.',
      todo: 'Hãy viết ngày theo dạng YYYY-MM-DD, ví dụ 2026-01-31.',
    },
  },
  'report-too-long': {
    en: { happened: 'That is more than ten years at once.', todo: 'Choose fewer days.' },
    vi: { happened: 'Khoảng này dài hơn mười năm.', todo: 'Hãy chọn ít ngày hơn.' },
  },
  'report-backwards': {
    en: { happened: 'The last day is before the first.', todo: 'Choose the days again.' },
    vi: { happened: 'Ngày cuối ở trước ngày đầu.', todo: 'Hãy chọn lại các ngày.' },
  },
  'report-too-large': {
    en: {
      happened: '{people} people on {days} days are too many for one report.',
      todo: 'Choose fewer days, or one group.',
    },
    vi: {
      happened: '{people} người trong {days} ngày là quá nhiều cho một báo cáo.',
      todo: 'Hãy chọn ít ngày hơn, hoặc một nhóm.',
    },
  },
} as const satisfies ErrorTexts;
