/** Errors of the data folder: its files, its disk, the audit log, and what is erased for its age. */
import { type ErrorTexts, NOTHING } from './phrases.ts';

const SAVED = { en: 'Everything saved before is still there.', vi: 'Mọi dữ liệu đã lưu trước đó vẫn còn.' } as const;
const UNTOUCHED = {
  en: 'People and check-ins are not touched.',
  vi: 'Mọi người và các lượt chấm công không bị ảnh hưởng.',
} as const;

export const STORAGE = {
  'disk-full': {
    en: {
      happened: 'The disk is full: {file:thing} could not be saved.',
      kept: SAVED.en,
      todo: 'Free some space on the disk, then try again.',
    },
    vi: {
      happened: 'Ổ đĩa đã đầy: không lưu được {file:thing}.',
      kept: SAVED.vi,
      todo: 'Hãy giải phóng dung lượng trên ổ đĩa rồi thử lại.',
    },
  },
  'disk-full.rewrite': {
    en: {
      happened: 'The disk is full: {file:thing} could not be saved.',
      kept: 'Everything is still there. Part of it is rewritten already.',
      todo: 'Free some space on the disk, then start Lintel again: it goes on from here.',
    },
    vi: {
      happened: 'Ổ đĩa đã đầy: không lưu được {file:thing}.',
      kept: 'Mọi dữ liệu vẫn còn. Một phần đã được ghi lại.',
      todo: 'Hãy giải phóng dung lượng trên ổ đĩa rồi khởi động lại Lintel: công việc sẽ tiếp tục từ đây.',
    },
  },
  'store-read-only': {
    en: {
      happened: 'Lintel may not write in its data folder: {file:thing} could not be saved.',
      kept: SAVED.en,
      todo: 'Give this user the right to write in the data folder, or choose another with --data, then try again.',
    },
    vi: {
      happened: 'Lintel không được phép ghi vào thư mục dữ liệu: không lưu được {file:thing}.',
      kept: SAVED.vi,
      todo: 'Hãy cấp cho người dùng này quyền ghi vào thư mục dữ liệu, hoặc chọn thư mục khác bằng --data, rồi thử lại.',
    },
  },
  'store-read-only.rewrite': {
    en: {
      happened: 'Lintel may not write in its data folder: {file:thing} could not be saved.',
      kept: 'Everything is still there. Part of it is rewritten already.',
      todo: 'Give this user the right to write in the data folder, then start Lintel again: it goes on from here.',
    },
    vi: {
      happened: 'Lintel không được phép ghi vào thư mục dữ liệu: không lưu được {file:thing}.',
      kept: 'Mọi dữ liệu vẫn còn. Một phần đã được ghi lại.',
      todo: 'Hãy cấp cho người dùng này quyền ghi vào thư mục dữ liệu rồi khởi động lại Lintel: công việc sẽ tiếp tục từ đây.',
    },
  },
  'store-read-only.opened': {
    en: { happened: 'The data folder was opened for reading only.', kept: NOTHING.en },
    vi: { happened: 'Thư mục dữ liệu được mở chỉ để đọc.', kept: NOTHING.vi },
  },
  'store-failed': {
    en: {
      happened: '{file:thing} could not be saved ({reason}).',
      kept: SAVED.en,
      todo: 'Try again. If it comes back, check the disk with "lintel doctor".',
    },
    vi: {
      happened: 'Không lưu được: {file:thing} ({reason}).',
      kept: SAVED.vi,
      todo: 'Hãy thử lại. Nếu vẫn lặp lại, hãy kiểm tra ổ đĩa bằng "lintel doctor".',
    },
  },
  'store-failed.silent': {
    en: {
      happened: 'The disk with the data does not answer.',
      kept: 'What was saved is still there. What waits for the disk is not saved yet.',
      todo: 'Check its plug, or the network if it is a network disk. Lintel continues by itself when it answers.',
    },
    vi: {
      happened: 'Ổ đĩa chứa dữ liệu không trả lời.',
      kept: 'Những gì đã lưu vẫn còn. Những gì đang chờ ổ đĩa thì chưa được lưu.',
      todo: 'Hãy kiểm tra dây cắm, hoặc mạng nếu là ổ đĩa mạng. Lintel sẽ tự tiếp tục khi ổ đĩa trả lời.',
    },
  },
  'store-failed.read': {
    en: {
      happened: '{file:thing} could not be read ({reason}).',
      kept: NOTHING.en,
      todo: 'Check that this user may read the data folder and that its disk is well ("lintel doctor").',
    },
    vi: {
      happened: 'Không đọc được: {file:thing} ({reason}).',
      kept: NOTHING.vi,
      todo: 'Hãy kiểm tra quyền đọc thư mục dữ liệu của người dùng này và tình trạng ổ đĩa ("lintel doctor").',
    },
  },
  'store-failed.rewrite': {
    en: {
      happened: '{file:thing} could not be rewritten ({reason}).',
      kept: 'Everything is still there. Part of it is rewritten already.',
      todo: 'Check the disk with "lintel doctor", then start Lintel again: it goes on from here.',
    },
    vi: {
      happened: 'Không ghi lại được: {file:thing} ({reason}).',
      kept: 'Mọi dữ liệu vẫn còn. Một phần đã được ghi lại.',
      todo: 'Hãy kiểm tra ổ đĩa bằng "lintel doctor" rồi khởi động lại Lintel: công việc sẽ tiếp tục từ đây.',
    },
  },
  'store-locked': {
    en: {
      happened: 'Another Lintel is using this data folder.',
      kept: NOTHING.en,
      todo: 'Use the Lintel that is open already, or close it first. A second kiosk needs a data folder of its own (--data).',
    },
    vi: {
      happened: 'Một Lintel khác đang dùng thư mục dữ liệu này.',
      kept: NOTHING.vi,
      todo: 'Hãy dùng Lintel đang mở, hoặc đóng nó trước. Máy thứ hai cần thư mục dữ liệu riêng (--data).',
    },
  },
  'store-locked.restore': {
    en: {
      happened: 'A backup is being restored, or a restore was interrupted.',
      kept: NOTHING.en,
      todo: 'Wait until the restore is done. If none is running, start the kiosk: it completes it first.',
    },
    vi: {
      happened: 'Một bản sao lưu đang được khôi phục, hoặc việc khôi phục đã bị gián đoạn.',
      kept: NOTHING.vi,
      todo: 'Hãy chờ khôi phục xong. Nếu không có việc khôi phục nào đang chạy, hãy khởi động máy: máy sẽ hoàn tất trước.',
    },
  },
  'store-newer': {
    en: {
      happened: '{file} was written by a newer version of Lintel.',
      kept: NOTHING.en,
      todo: 'Start the newer version again, or update this one.',
    },
    vi: {
      happened: '{file} được ghi bởi phiên bản Lintel mới hơn.',
      kept: NOTHING.vi,
      todo: 'Hãy dùng lại phiên bản mới hơn, hoặc cập nhật phiên bản này.',
    },
  },
  'file-refused': {
    en: {
      happened: 'The system refused a file or folder that was named ({reason}).',
      todo: 'Look whether the path is right and not too long, and who may read and write there.',
    },
    vi: {
      happened: 'Hệ thống từ chối một tệp hoặc thư mục đã nêu ({reason}).',
      todo: 'Hãy xem đường dẫn có đúng và không quá dài không, và ai có quyền đọc, ghi ở đó.',
    },
  },
  'store-damaged.file': {
    en: {
      happened: '{file} is {why:damage} and so is its backup, or there is none.',
      kept: 'Nothing was changed: both files are as they were found.',
      todo: 'Put a good copy of {file} into the data folder. To begin anew without it, move {file} and {file}.bak elsewhere.',
    },
    vi: {
      happened: '{file} {why:damage}, bản dự phòng của nó cũng vậy hoặc không có.',
      kept: 'Không có gì bị thay đổi: cả hai tệp vẫn như lúc tìm thấy.',
      todo: 'Hãy đặt một bản tốt của {file} vào thư mục dữ liệu. Để bắt đầu lại mà không có nó, hãy chuyển {file} và {file}.bak đi nơi khác.',
    },
  },
  'store-damaged.restored': {
    en: {
      happened: '{file} was {why:damage}; its backup is used instead.',
      kept: 'The backup was saved at {saved}. What was saved after that is lost.',
      todo: 'Look through the latest changes and make the missing ones again.',
    },
    vi: {
      happened: '{file} {why:damage}; bản dự phòng của nó được dùng thay.',
      kept: 'Bản dự phòng được lưu lúc {saved}. Những gì lưu sau đó đã mất.',
      todo: 'Hãy xem lại các thay đổi gần nhất và làm lại những gì còn thiếu.',
    },
  },
  'store-damaged.restored-kept': {
    en: {
      happened: '{file} was {why:damage}; its backup is used instead.',
      kept: 'The backup was saved at {saved}. What was saved after that is lost. The damaged file is kept as {keptAs}.',
      todo: 'Look through the latest changes and make the missing ones again.',
    },
    vi: {
      happened: '{file} {why:damage}; bản dự phòng của nó được dùng thay.',
      kept: 'Bản dự phòng được lưu lúc {saved}. Những gì lưu sau đó đã mất. Tệp hỏng được giữ lại với tên {keptAs}.',
      todo: 'Hãy xem lại các thay đổi gần nhất và làm lại những gì còn thiếu.',
    },
  },
  'store-damaged.people-gone': {
    en: {
      happened:
        'people.json and its backup are missing, though pictures of people are here: nobody is enrolled any more.',
      kept: 'The check-ins, and the pictures until you have seen this.',
      todo: 'Put people.json back into the data folder, or restore a backup.',
    },
    vi: {
      happened: 'Thiếu people.json và bản dự phòng của nó dù vẫn còn ảnh của mọi người: không còn ai được đăng ký.',
      kept: 'Các lượt chấm công, và các ảnh cho đến khi bạn đã xem thông báo này.',
      todo: 'Hãy đặt lại people.json vào thư mục dữ liệu hoặc khôi phục một bản sao lưu.',
    },
  },
  'store-damaged.restored-before': {
    en: {
      happened: '{file} was damaged some time ago; its backup was used instead.',
      kept: 'What had been saved last is lost.',
      todo: 'Look through the latest changes and make the missing ones again.',
    },
    vi: {
      happened: '{file} đã bị hỏng trước đây; bản dự phòng của nó đã được dùng thay.',
      kept: 'Những gì lưu cuối cùng đã mất.',
      todo: 'Hãy xem lại các thay đổi gần nhất và làm lại những gì còn thiếu.',
    },
  },
  'store-damaged.picture': {
    en: {
      happened: 'A picture in the data folder is damaged.',
      kept: 'The person and their face data are not touched.',
      todo: 'Add a new picture of the person.',
    },
    vi: {
      happened: 'Một ảnh trong thư mục dữ liệu bị hỏng.',
      kept: 'Người này và dữ liệu khuôn mặt của họ không bị ảnh hưởng.',
      todo: 'Hãy thêm ảnh mới của người này.',
    },
  },
  'store-damaged.audit': {
    en: {
      happened: 'The audit log is not as it was left.',
      kept: 'Everything that is in it. That this was found is now in it, too.',
      todo: 'Run "lintel audit verify" and look who had access to the data folder.',
    },
    vi: {
      happened: 'Nhật ký kiểm tra không còn như lúc được ghi.',
      kept: 'Mọi dòng trong đó vẫn còn. Việc phát hiện này cũng đã được ghi vào.',
      todo: 'Hãy chạy "lintel audit verify" và xem ai đã có quyền vào thư mục dữ liệu.',
    },
  },
  'store-damaged.audit-torn': {
    en: {
      happened: 'The last line of {file} was cut short; it is kept as {keptAs}.',
      kept: 'Every line before it.',
      todo: 'Nothing: a power cut does this.',
    },
    vi: {
      happened: 'Dòng cuối của {file} bị cắt ngắn; nó được giữ lại với tên {keptAs}.',
      kept: 'Mọi dòng trước đó vẫn còn.',
      todo: 'Không cần làm gì: mất điện gây ra việc này.',
    },
  },
  'store-damaged.settings': {
    en: {
      happened: 'The settings could not be read, so the usual ones are in use.',
      kept: 'The damaged file is kept beside the new one. People and check-ins are not touched.',
      todo: 'Look through the settings and choose again.',
    },
    vi: {
      happened: 'Không đọc được cài đặt nên máy dùng cài đặt mặc định.',
      kept: 'Tệp hỏng được giữ cạnh tệp mới. Mọi người và các lượt chấm công không bị ảnh hưởng.',
      todo: 'Hãy xem lại cài đặt và chọn lại.',
    },
  },
  'store-damaged.downloads': {
    en: {
      happened: 'When models were last downloaded could not be read.',
      kept: 'Everything else.',
      todo: 'Nothing: the next download is tried at once.',
    },
    vi: {
      happened: 'Không đọc được lần tải mô hình gần nhất.',
      kept: 'Mọi thứ khác.',
      todo: 'Không cần làm gì: máy sẽ thử tải lại ngay.',
    },
  },
  'store-damaged.backup-plan': {
    en: {
      happened: 'How this kiosk makes its backups could not be read.',
      kept: 'People and check-ins are not touched, and every backup that was made.',
      todo: 'Set up the backups again. Old ones are not removed automatically any more.',
    },
    vi: {
      happened: 'Không đọc được kế hoạch sao lưu của máy này.',
      kept: 'Mọi người, các lượt chấm công và các bản sao lưu đã tạo không bị ảnh hưởng.',
      todo: 'Hãy đặt lại kế hoạch sao lưu. Các bản cũ không còn được tự động xóa.',
    },
  },
  'store-damaged.retention': {
    en: {
      happened: 'When data was last erased for its age could not be read.',
      kept: UNTOUCHED.en,
      todo: 'Nothing: the record is begun anew.',
    },
    vi: {
      happened: 'Không đọc được lần cuối xóa dữ liệu quá hạn là khi nào.',
      kept: UNTOUCHED.vi,
      todo: 'Không cần làm gì: máy bắt đầu ghi lại từ đầu.',
    },
  },
  'store-damaged.ambiguous': {
    en: {
      happened: 'Who was not told apart at the door could not be read.',
      kept: UNTOUCHED.en,
      todo: 'Nothing: the record is begun anew.',
    },
    vi: {
      happened: 'Không đọc được ghi chép về những người mà máy không phân biệt được.',
      kept: UNTOUCHED.vi,
      todo: 'Không cần làm gì: máy bắt đầu ghi lại từ đầu.',
    },
  },
  'store-damaged.calibration': {
    en: {
      happened: 'What was learnt here about the threshold could not be read.',
      kept: "The model's own calibration is in use. People and check-ins are not touched.",
      todo: 'Run the evaluation of the enrolled people again and apply it.',
    },
    vi: {
      happened: 'Không đọc được ngưỡng đã học tại đây.',
      kept: 'Máy dùng số liệu của chính mô hình. Mọi người và các lượt chấm công không bị ảnh hưởng.',
      todo: 'Hãy chạy lại phần kiểm tra với những người đã đăng ký rồi áp dụng kết quả.',
    },
  },
  'store-damaged.corrections': {
    en: {
      happened: 'Some corrections of the log are damaged and are left out.',
      kept: 'Every check-in, and every other correction.',
      todo: 'Look through the corrections of the last days and make the missing ones again.',
    },
    vi: {
      happened: 'Một số hiệu chỉnh của nhật ký bị hỏng và bị bỏ qua.',
      kept: 'Mọi lượt chấm công và mọi hiệu chỉnh khác vẫn còn.',
      todo: 'Hãy xem lại các hiệu chỉnh của những ngày gần đây và làm lại những gì còn thiếu.',
    },
  },
  'store-damaged.log-torn': {
    en: {
      happened: 'The last line of {file} was cut short and was dropped.',
      kept: 'Every line before it.',
      todo: 'Nothing: it had not been announced as checked in.',
    },
    vi: {
      happened: 'Dòng cuối của {file} bị cắt ngắn và đã bị bỏ.',
      kept: 'Mọi dòng trước đó vẫn còn.',
      todo: 'Không cần làm gì: lượt đó chưa được báo là đã chấm công.',
    },
  },
  'store-damaged.log-torn-kept': {
    en: {
      happened: 'The last line of {file} was cut short and was dropped.',
      kept: 'Every line before it; what was cut off is in {keptAs}.',
      todo: 'Nothing: it had not been announced as checked in.',
    },
    vi: {
      happened: 'Dòng cuối của {file} bị cắt ngắn và đã bị bỏ.',
      kept: 'Mọi dòng trước đó vẫn còn; phần bị cắt nằm trong {keptAs}.',
      todo: 'Không cần làm gì: lượt đó chưa được báo là đã chấm công.',
    },
  },
  'store-damaged.log-line': {
    en: {
      happened: 'Line {line} of {file} is damaged and is left out of the log.',
      kept: 'Every other line; the damaged one was left where it is.',
      todo: 'Check the disk, and restore the file from a backup if there is one.',
    },
    vi: {
      happened: 'Dòng {line} của {file} bị hỏng và không được tính vào nhật ký.',
      kept: 'Mọi dòng khác vẫn còn; dòng hỏng được để nguyên.',
      todo: 'Hãy kiểm tra ổ đĩa và khôi phục tệp từ bản sao lưu nếu có.',
    },
  },
  'settings-reset': {
    en: {
      happened: 'Some settings could not be used and are back to the usual ones: {fields}.',
      kept: 'All the other settings.',
      todo: 'Choose these again.',
    },
    vi: {
      happened: 'Một số cài đặt không dùng được và trở về mặc định: {fields}.',
      kept: 'Mọi cài đặt khác vẫn còn.',
      todo: 'Hãy chọn lại các cài đặt này.',
    },
  },
  'not-a-file': {
    en: {
      happened: 'It is not an ordinary file: a named pipe, a socket, a device or a folder.',
      kept: 'It was not opened.',
      todo: 'Give an ordinary file.',
    },
    vi: {
      happened: 'Đây không phải tệp thông thường, mà là đường ống có tên, socket, thiết bị hoặc thư mục.',
      kept: 'Nó không bị mở ra.',
      todo: 'Hãy đưa một tệp thông thường.',
    },
  },
  'not-a-file.store': {
    en: {
      happened: '{file:thing} is not an ordinary file: a named pipe, a socket or a device.',
      kept: 'It was not opened.',
      todo: 'Move it away, and put the file in its place.',
    },
    vi: {
      happened: '{file:thing} không phải tệp thông thường, mà là đường ống có tên, socket hoặc thiết bị.',
      kept: 'Nó không bị mở ra.',
      todo: 'Hãy chuyển nó đi và đặt tệp vào chỗ đó.',
    },
  },
  'not-found.data-folder': {
    en: {
      happened: 'There is no data folder there.',
      kept: 'Nothing was made.',
      todo: 'Give the data folder with --data.',
    },
    vi: {
      happened: 'Không có thư mục dữ liệu ở đó.',
      kept: 'Không có gì được tạo ra.',
      todo: 'Hãy chỉ thư mục dữ liệu bằng --data.',
    },
  },
  // the audit log, and what is erased for its age
  'audit-not-written': {
    en: {
      happened: 'Something that was done could not be written into the audit log.',
      kept: 'What was done is done, and everything written before.',
      todo: 'Make room on the disk. It is written down as soon as there is some, if the kiosk is not ended before.',
    },
    vi: {
      happened: 'Có việc đã làm nhưng không ghi được vào nhật ký kiểm tra.',
      kept: 'Việc đã làm vẫn có hiệu lực, và mọi dòng ghi trước đó vẫn còn.',
      todo: 'Hãy giải phóng dung lượng trên ổ đĩa. Việc đó sẽ được ghi ngay khi có chỗ, nếu máy chưa bị tắt trước.',
    },
  },
  'audit-not-written.running': {
    en: { happened: 'A kiosk is running on this folder: its audit log does not have this backup.' },
    vi: { happened: 'Có máy đang chạy trên thư mục này: nhật ký kiểm tra của nó không có bản sao lưu này.' },
  },
  'kept-no-longer': {
    en: {
      happened:
        'What is older than the settings allow was erased: people {people}, samples whose pictures went {samples}, lines of the log {lines}.',
      kept: 'Everybody still enrolled is still recognised.',
      todo: 'Nothing. How long data is kept is in the settings.',
    },
    vi: {
      happened:
        'Những gì cũ hơn mức cho phép trong cài đặt đã bị xóa: số người {people}, số mẫu không còn ảnh {samples}, số dòng nhật ký {lines}.',
      kept: 'Những người còn đăng ký vẫn được nhận ra.',
      todo: 'Không cần làm gì. Thời hạn lưu nằm trong cài đặt.',
    },
  },
  'clock-doubtful': {
    en: {
      happened: 'The clock is more than {days} days ahead of the last time.',
      kept: 'Nothing was erased, whatever its age by this clock.',
      todo: "Look at the machine's date. When it is right, confirm it under Health; then what is too old is erased.",
    },
    vi: {
      happened: 'Đồng hồ chạy trước lần gần nhất hơn {days} ngày.',
      kept: 'Chưa có gì bị xóa, dù đã quá hạn theo đồng hồ này.',
      todo: 'Hãy xem ngày của máy tính. Nếu đúng, hãy xác nhận ở mục Tình trạng; khi đó những gì quá hạn sẽ bị xóa.',
    },
  },
  'erase-failed': {
    en: {
      happened: 'People, pictures or lines of the log that are too old could not be erased.',
      kept: 'They are still there.',
      todo: 'Make room on the disk, or check who may write to the data folder. It is tried again tomorrow.',
    },
    vi: {
      happened: 'Không xóa được những người, ảnh hoặc dòng nhật ký đã quá hạn.',
      kept: 'Chúng vẫn còn đó.',
      todo: 'Hãy giải phóng dung lượng trên ổ đĩa, hoặc kiểm tra quyền ghi vào thư mục dữ liệu. Ngày mai máy sẽ thử lại.',
    },
  },
  // the kiosk that is closed while its data are changed
  'data-changed': {
    en: { happened: '{what:changed}', kept: 'Everything.', todo: 'Nothing.' },
    vi: { happened: '{what:changed}', kept: 'Mọi thứ vẫn còn.', todo: 'Không cần làm gì.' },
  },
  'data-changed.restored': {
    en: {
      happened: 'The backup was restored. People taken from it: {people}. Check-ins taken from it: {checkIns}.',
      kept: 'Everything.',
      todo: 'If it is a backup of another kiosk, look under People, Duplicates whether somebody is here twice now.',
    },
    vi: {
      happened: 'Đã khôi phục bản sao lưu. Số người lấy về: {people}. Số lượt chấm công lấy về: {checkIns}.',
      kept: 'Mọi thứ vẫn còn.',
      todo: 'Nếu đó là bản sao lưu của máy khác, hãy xem Danh sách người, Trùng lặp, có ai nay được ghi hai lần không.',
    },
  },
  'data-changed.plain': {
    en: {
      happened: '{what:changed}',
      kept: 'Everything.',
      todo: "Files in the data folder that are not the kiosk's, and are not encrypted: {plain}. Look at them.",
    },
    vi: {
      happened: '{what:changed}',
      kept: 'Mọi thứ vẫn còn.',
      todo: 'Số tệp trong thư mục dữ liệu không phải của máy và chưa mã hóa: {plain}. Hãy xem lại.',
    },
  },
  'data-changed.not-in-audit': {
    en: {
      happened: '{what:changed}',
      kept: 'Everything.',
      todo: 'It could not be written into the audit log: make room on the disk.',
    },
    vi: {
      happened: '{what:changed}',
      kept: 'Mọi thứ vẫn còn.',
      todo: 'Không ghi được việc này vào nhật ký kiểm tra: hãy giải phóng dung lượng trên ổ đĩa.',
    },
  },
  'data-closed': {
    en: {
      happened: 'The data are not open at the moment.',
      kept: 'Everything that was saved.',
      todo: 'Wait a moment, then try again.',
    },
    vi: {
      happened: 'Hiện giờ dữ liệu chưa được mở.',
      kept: 'Mọi dữ liệu đã lưu vẫn còn.',
      todo: 'Xin chờ một chút rồi thử lại.',
    },
  },
  'data-closed.working': {
    en: { happened: 'The data are being worked on.', kept: NOTHING.en, todo: 'Wait a moment, then try again.' },
    vi: { happened: 'Dữ liệu đang được xử lý.', kept: NOTHING.vi, todo: 'Xin chờ một chút rồi thử lại.' },
  },
  'reopening-unavailable': {
    en: {
      happened: 'This kiosk can not close its data and open them again.',
      kept: NOTHING.en,
      todo: 'Close it, and do it at the terminal.',
    },
    vi: {
      happened: 'Máy này không tự đóng và mở lại dữ liệu được.',
      kept: NOTHING.vi,
      todo: 'Hãy đóng máy và làm việc này ở cửa sổ lệnh.',
    },
  },
} as const satisfies ErrorTexts;
