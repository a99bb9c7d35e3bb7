/** Errors of the kiosk itself: its calls, its operator, its models and their evaluation, face recognition, and the command line. */
import { ENROLLED, type ErrorTexts, NOTHING } from './phrases.ts';

const RECORDED = { en: 'Everything recorded so far is kept.', vi: 'Mọi thứ đã ghi vẫn còn.' } as const;
const RESTARTS = {
  en: 'One moment: it will be back in a second or two.',
  vi: 'Xin chờ: máy sẽ nhận diện lại sau một hai giây.',
} as const;

export const KIOSK = {
  internal: {
    en: { happened: 'Something went wrong inside Lintel.', todo: 'Try again. If it comes back, run "lintel doctor".' },
    vi: { happened: 'Có trục trặc bên trong Lintel.', todo: 'Hãy thử lại. Nếu vẫn lặp lại, hãy chạy "lintel doctor".' },
  },
  'internal.closed': {
    en: { happened: 'The kiosk is closed.', todo: 'Start Lintel again.' },
    vi: { happened: 'Máy đã đóng.', todo: 'Hãy khởi động lại Lintel.' },
  },
  'internal.models': {
    en: { happened: 'The models could not be looked for.', todo: 'Run "lintel doctor".' },
    vi: { happened: 'Không tìm được các mô hình.', todo: 'Hãy chạy "lintel doctor".' },
  },
  'internal.vision-order': {
    en: { happened: 'The vision process was asked before its models were loaded.', todo: 'Start Lintel again.' },
    vi: { happened: 'Tiến trình nhận diện được gọi trước khi nạp mô hình.', todo: 'Hãy khởi động lại Lintel.' },
  },
  'not-found': {
    en: { happened: 'This is not there any more.', kept: NOTHING.en, todo: 'Go back and look at the list again.' },
    vi: { happened: 'Mục này không còn nữa.', kept: NOTHING.vi, todo: 'Hãy quay lại và xem danh sách lần nữa.' },
  },
  'connection-lost': {
    en: {
      happened: 'The screen lost its connection to the kiosk.',
      kept: 'Everything that was saved is kept.',
      todo: 'It connects again by itself. If it does not, start Lintel again.',
    },
    vi: {
      happened: 'Màn hình mất kết nối với máy.',
      kept: 'Mọi dữ liệu đã lưu vẫn còn.',
      todo: 'Kết nối sẽ tự trở lại. Nếu không, hãy khởi động lại Lintel.',
    },
  },
  // calls that are not as agreed
  'bad-input': {
    en: { happened: 'The input is not as expected.', kept: NOTHING.en, todo: 'Check what was entered and try again.' },
    vi: { happened: 'Nội dung nhập không đúng.', kept: NOTHING.vi, todo: 'Hãy kiểm tra phần đã nhập và thử lại.' },
  },
  'bad-input.field': {
    en: {
      happened: '"{field}" is not as expected.',
      kept: NOTHING.en,
      todo: 'Check what was entered there and try again.',
    },
    vi: { happened: '"{field}" không đúng.', kept: NOTHING.vi, todo: 'Hãy kiểm tra phần đã nhập ở đó và thử lại.' },
  },
  'bad-input.call': {
    en: { happened: 'There is no such call.', todo: 'Load the page again: it may be of another version.' },
    vi: { happened: 'Không có lệnh gọi này.', todo: 'Hãy tải lại trang: trang có thể thuộc phiên bản khác.' },
  },
  'bad-input.message': {
    en: { happened: 'A message could not be read.', todo: 'Load the page again: it may be of another version.' },
    vi: { happened: 'Không đọc được một thông điệp.', todo: 'Hãy tải lại trang: trang có thể thuộc phiên bản khác.' },
  },
  'bad-input.sender': {
    en: { happened: 'This call did not come from the kiosk.' },
    vi: { happened: 'Lệnh gọi này không đến từ máy.' },
  },
  'bad-input.too-many': {
    en: { happened: 'Too many calls at once.', todo: 'Wait for the answers, then try again.' },
    vi: { happened: 'Quá nhiều lệnh gọi cùng lúc.', todo: 'Hãy chờ trả lời rồi thử lại.' },
  },
  'bad-input.busy': {
    en: { happened: 'A frame is being looked at already.', todo: 'Send the next one after it.' },
    vi: { happened: 'Máy đang xem một khung hình khác.', todo: 'Hãy gửi khung hình tiếp theo sau đó.' },
  },
  'bad-input.frame': {
    en: { happened: 'A camera frame has the wrong size.', todo: 'Choose the camera again.' },
    vi: { happened: 'Khung hình của camera có kích thước sai.', todo: 'Hãy chọn lại camera.' },
  },
  'bad-input.mesh': {
    en: { happened: 'The face mesh of a frame could not be read.', todo: 'Load the page again.' },
    vi: { happened: 'Không đọc được lưới khuôn mặt của khung hình.', todo: 'Hãy tải lại trang.' },
  },
  'bad-input.picture-id': {
    en: { happened: 'That is not the id of a picture.', kept: NOTHING.en },
    vi: { happened: 'Đó không phải là mã của ảnh.', kept: NOTHING.vi },
  },
  // times as people write them
  'time-invalid': {
    en: {
      happened: 'That is not a time.',
      kept: NOTHING.en,
      todo: "Write it as 2026-01-31T08:05 by the kiosk's clock, or with an offset from UTC: 2026-01-31T08:05+01:00.",
    },
    vi: {
      happened: 'Đó không phải là một thời điểm.',
      kept: NOTHING.vi,
      todo: 'Hãy viết theo dạng 2026-01-31T08:05 theo đồng hồ của máy, hoặc kèm độ lệch UTC: 2026-01-31T08:05+01:00.',
    },
  },
  'time-invalid.clock': {
    en: {
      happened: 'No clock shows {time}.',
      kept: NOTHING.en,
      todo: 'Hours go from 00 to 23, minutes and seconds to 59; 24:00 is the midnight that ends the day.',
    },
    vi: {
      happened: 'Không có đồng hồ nào chỉ {time}.',
      kept: NOTHING.vi,
      todo: 'Giờ từ 00 đến 23, phút và giây đến 59; 24:00 là nửa đêm kết thúc ngày.',
    },
  },
  'time-invalid.offset': {
    en: {
      happened: '{offset} is not an offset from UTC.',
      kept: NOTHING.en,
      todo: "Write it as +01:00, -05:00 or Z; or leave it away for a time by the kiosk's clock.",
    },
    vi: {
      happened: '{offset} không phải là độ lệch so với UTC.',
      kept: NOTHING.vi,
      todo: 'Hãy viết +01:00, -05:00 hoặc Z; hoặc bỏ đi để dùng giờ theo đồng hồ của máy.',
    },
  },
  'time-before-1970': {
    en: {
      happened: '{day} is too long ago: the log begins with the year 1970.',
      kept: NOTHING.en,
      todo: 'Look at the year of the date.',
    },
    vi: {
      happened: '{day} quá xa trong quá khứ: nhật ký bắt đầu từ năm 1970.',
      kept: NOTHING.vi,
      todo: 'Hãy xem lại năm của ngày đó.',
    },
  },
  'time-skipped': {
    en: {
      happened: 'That time did not exist: on {day} the clocks of {timeZone} were put forward, past {time}.',
      kept: NOTHING.en,
      todo: 'Give a time before or after the change, or the time with its offset: {before} before it, {after} after it.',
    },
    vi: {
      happened: 'Thời điểm đó không tồn tại: ngày {day}, đồng hồ ở {timeZone} được vặn tới, bỏ qua {time}.',
      kept: NOTHING.vi,
      todo: 'Hãy cho thời điểm trước hoặc sau khi đổi giờ, hoặc kèm độ lệch: {before} trước đó, {after} sau đó.',
    },
  },
  'time-twice': {
    en: {
      happened: '{time} came twice on {day}: the clocks of {timeZone} were put back. The first was taken ({first}).',
      todo: 'If it was the second, correct it: in a terminal by the time with the offset {second}.',
    },
    vi: {
      happened: 'Ngày {day} có hai lần {time}: đồng hồ ở {timeZone} được vặn lùi. Lần đầu ({first}) đã được chọn.',
      todo: 'Nếu là lần sau, hãy sửa lại: trong cửa sổ lệnh, ghi thời điểm kèm độ lệch {second}.',
    },
  },
  // the operator
  'pin-required': {
    en: { happened: 'This is for the operator.', kept: 'What was typed.', todo: 'Enter the PIN.' },
    vi: { happened: 'Phần này dành cho người quản lý.', kept: 'Những gì đã nhập vẫn còn.', todo: 'Hãy nhập mã PIN.' },
  },
  'pin-not-set': {
    en: { happened: 'No PIN has been chosen yet.', todo: 'Choose one: four to eight digits.' },
    vi: { happened: 'Chưa đặt mã PIN.', todo: 'Hãy đặt mã PIN: bốn đến tám chữ số.' },
  },
  'pin-already-set': {
    en: { happened: 'This kiosk has a PIN already.', todo: 'Unlock with that PIN; then it can be changed.' },
    vi: { happened: 'Máy này đã có mã PIN.', todo: 'Hãy mở khóa bằng mã PIN đó; sau đó có thể đổi.' },
  },
  'pin-wrong': {
    en: { happened: 'That is not the PIN.', todo: 'Try again.' },
    vi: { happened: 'Mã PIN không đúng.', todo: 'Hãy thử lại.' },
  },
  'pin-wait': {
    en: { happened: 'Too many wrong PINs: wait {seconds} s.', todo: 'Try again in {seconds} seconds.' },
    vi: { happened: 'Nhập sai mã PIN quá nhiều lần: xin chờ {seconds} giây.', todo: 'Hãy thử lại sau {seconds} giây.' },
  },
  // face recognition
  'vision-restarting': {
    en: { happened: 'Face recognition is starting again.', kept: RECORDED.en, todo: RESTARTS.en },
    vi: { happened: 'Phần nhận diện khuôn mặt đang khởi động lại.', kept: RECORDED.vi, todo: RESTARTS.vi },
  },
  'vision-restarting.starting': {
    en: { happened: 'Face recognition is starting.', todo: 'Wait a moment.' },
    vi: { happened: 'Phần nhận diện khuôn mặt đang khởi động.', todo: 'Xin chờ một chút.' },
  },
  'vision-timeout': {
    en: {
      happened: 'Face recognition did not answer and is being started again.',
      kept: RECORDED.en,
      todo: RESTARTS.en,
    },
    vi: {
      happened: 'Phần nhận diện khuôn mặt không trả lời và đang được khởi động lại.',
      kept: RECORDED.vi,
      todo: RESTARTS.vi,
    },
  },
  'vision-stopped': {
    en: {
      happened: 'Face recognition has stopped.',
      kept: 'Everybody enrolled and every check-in.',
      todo: 'Start Lintel again. If it comes back, run "lintel doctor".',
    },
    vi: {
      happened: 'Phần nhận diện khuôn mặt đã dừng.',
      kept: 'Mọi người đã đăng ký và mọi lượt chấm công vẫn còn.',
      todo: 'Hãy khởi động lại Lintel. Nếu vẫn lặp lại, hãy chạy "lintel doctor".',
    },
  },
  'vision-stopped.failing': {
    en: {
      happened: 'Face recognition keeps failing and has been stopped.',
      kept: RECORDED.en,
      todo: 'Start Lintel again. If it fails again, run "lintel doctor".',
    },
    vi: {
      happened: 'Phần nhận diện khuôn mặt liên tục gặp lỗi và đã bị dừng.',
      kept: RECORDED.vi,
      todo: 'Hãy khởi động lại Lintel. Nếu vẫn lỗi, hãy chạy "lintel doctor".',
    },
  },
  'vision-stopped.start': {
    en: { happened: 'Face recognition could not be started.', kept: RECORDED.en, todo: 'Run "lintel doctor".' },
    vi: {
      happened: 'Không khởi động được phần nhận diện khuôn mặt.',
      kept: RECORDED.vi,
      todo: 'Hãy chạy "lintel doctor".',
    },
  },
  'vision-stopped.closed': {
    en: { happened: 'Face recognition was closed.', kept: RECORDED.en, todo: 'Start Lintel again.' },
    vi: { happened: 'Phần nhận diện khuôn mặt đã đóng.', kept: RECORDED.vi, todo: 'Hãy khởi động lại Lintel.' },
  },
  // models
  'vision-runtime': {
    en: {
      happened: 'What runs the models (onnxruntime) can not be loaded on this computer.',
      kept: 'Everybody enrolled and every check-in. What needs no pictures works.',
      todo: 'Install Lintel again; then run "lintel doctor".',
    },
    vi: {
      happened: 'Không tải được phần chạy mô hình (onnxruntime) trên máy tính này.',
      kept: 'Mọi người đã đăng ký và mọi lượt chấm công vẫn còn. Những việc không cần ảnh vẫn làm được.',
      todo: 'Hãy cài lại Lintel, rồi chạy "lintel doctor".',
    },
  },
  'model-missing': {
    en: {
      happened: 'There is no recognition model in use.',
      kept: ENROLLED.en,
      todo: 'Health names the missing file; so does "lintel doctor".',
    },
    vi: {
      happened: 'Không có mô hình nhận diện nào đang dùng.',
      kept: ENROLLED.vi,
      todo: 'Mục Tình trạng nêu tên tệp còn thiếu; "lintel doctor" cũng vậy.',
    },
  },
  'model-missing.file': {
    en: {
      happened: 'The {what:model} is missing: {file}.',
      kept: ENROLLED.en,
      todo: 'Looked in {folders}. Put it in one of these folders, or set LINTEL_MODELS_DIR to the folder that has it.',
    },
    vi: {
      happened: 'Thiếu {what:model}: {file}.',
      kept: ENROLLED.vi,
      todo: 'Đã tìm trong {folders}. Hãy đặt tệp vào một trong các thư mục này, hoặc đặt LINTEL_MODELS_DIR là thư mục có tệp.',
    },
  },
  'model-missing.file-download': {
    en: {
      happened: 'The {what:model} is missing: {file}.',
      kept: ENROLLED.en,
      todo: 'Looked in {folders}. Put it in one of these folders, or set LINTEL_MODELS_DIR to the folder that has it. It can be downloaded: {url} ({licence}).',
    },
    vi: {
      happened: 'Thiếu {what:model}: {file}.',
      kept: ENROLLED.vi,
      todo: 'Đã tìm trong {folders}. Hãy đặt tệp vào một trong các thư mục này, hoặc đặt LINTEL_MODELS_DIR là thư mục có tệp. Có thể tải về: {url} ({licence}).',
    },
  },
  'model-missing.no-folder': {
    en: {
      happened: 'There is no folder to look for models in.',
      kept: ENROLLED.en,
      todo: 'Set LINTEL_MODELS_DIR to the folder that has them.',
    },
    vi: {
      happened: 'Không có thư mục nào để tìm mô hình.',
      kept: ENROLLED.vi,
      todo: 'Hãy đặt LINTEL_MODELS_DIR là thư mục chứa mô hình.',
    },
  },
  'model-missing.embedder': {
    en: {
      happened: 'There is no embedder called "{model}".',
      kept: ENROLLED.en,
      todo: 'Choose one of those present: {present}.',
    },
    vi: {
      happened: 'Không có mô hình nhận diện nào tên là "{model}".',
      kept: ENROLLED.vi,
      todo: 'Hãy chọn một mô hình đang có: {present}.',
    },
  },
  'model-missing.embedder-env': {
    en: {
      happened: 'There is no embedder called "{model}".',
      kept: ENROLLED.en,
      todo: 'Set LINTEL_EMBEDDER to one of those present: {present}.',
    },
    vi: {
      happened: 'Không có mô hình nhận diện nào tên là "{model}".',
      kept: ENROLLED.vi,
      todo: 'Hãy đặt LINTEL_EMBEDDER là một mô hình đang có: {present}.',
    },
  },
  'model-missing.list': {
    en: {
      happened: 'The list of models could not be read: {path}.',
      kept: ENROLLED.en,
      todo: 'Install Lintel again, or put the file back.',
    },
    vi: {
      happened: 'Không đọc được danh sách mô hình: {path}.',
      kept: ENROLLED.vi,
      todo: 'Hãy cài lại Lintel, hoặc đặt lại tệp đó.',
    },
  },
  'model-missing.unreadable': {
    en: {
      happened: 'The file of the model "{model}" cannot be read any more.',
      kept: ENROLLED.en,
      todo: 'Put the file back, then start face recognition again.',
    },
    vi: {
      happened: 'Không còn đọc được tệp của mô hình "{model}".',
      kept: ENROLLED.vi,
      todo: 'Hãy đặt lại tệp, rồi khởi động lại phần nhận diện.',
    },
  },
  'model-missing.download': {
    en: {
      happened: 'The model "{model}" could not be downloaded: {why:download}.',
      kept: 'What has arrived is kept, and the next try goes on from there.',
      todo: 'Check the network and try again, or copy the file from another machine.',
    },
    vi: {
      happened: 'Không tải được mô hình "{model}": {why:download}.',
      kept: 'Phần đã tải vẫn còn, lần thử sau sẽ tiếp tục từ đó.',
      todo: 'Hãy kiểm tra mạng rồi thử lại, hoặc chép tệp từ máy khác.',
    },
  },
  'model-missing.download-refused': {
    en: {
      happened: 'The model "{model}" could not be downloaded: the server answered {status}.',
      kept: 'What has arrived is kept, and the next try goes on from there.',
      todo: 'Check the network and try again, or copy the file from another machine.',
    },
    vi: {
      happened: 'Không tải được mô hình "{model}": máy chủ trả lời {status}.',
      kept: 'Phần đã tải vẫn còn, lần thử sau sẽ tiếp tục từ đó.',
      todo: 'Hãy kiểm tra mạng rồi thử lại, hoặc chép tệp từ máy khác.',
    },
  },
  'disk-full.download': {
    en: {
      happened: 'The disk is full; the model "{model}" could not be downloaded.',
      kept: 'What has arrived is kept, and the next try goes on from there.',
      todo: 'Make room and try again.',
    },
    vi: {
      happened: 'Ổ đĩa đã đầy; không tải được mô hình "{model}".',
      kept: 'Phần đã tải vẫn còn, lần thử sau sẽ tiếp tục từ đó.',
      todo: 'Hãy giải phóng dung lượng rồi thử lại.',
    },
  },
  'model-damaged.file': {
    en: {
      happened: 'The {what:model} is damaged: {path}.',
      kept: ENROLLED.en,
      todo: 'Replace it by a file with SHA-256 {sha256}, or take it away.',
    },
    vi: {
      happened: 'Tệp {what:model} bị hỏng: {path}.',
      kept: ENROLLED.vi,
      todo: 'Hãy thay bằng tệp có SHA-256 {sha256}, hoặc bỏ tệp đó đi.',
    },
  },
  'model-damaged.file-download': {
    en: {
      happened: 'The {what:model} is damaged: {path}.',
      kept: ENROLLED.en,
      todo: 'Replace it by a file with SHA-256 {sha256}, or take it away. It can be downloaded: {url} ({licence}).',
    },
    vi: {
      happened: 'Tệp {what:model} bị hỏng: {path}.',
      kept: ENROLLED.vi,
      todo: 'Hãy thay bằng tệp có SHA-256 {sha256}, hoặc bỏ tệp đó đi. Có thể tải về: {url} ({licence}).',
    },
  },
  'model-damaged.changed': {
    en: {
      happened: 'The file of the model "{model}" has changed since it was chosen.',
      kept: ENROLLED.en,
      todo: 'Replace it by a whole copy, then start face recognition again.',
    },
    vi: {
      happened: 'Tệp của mô hình "{model}" đã thay đổi sau khi được chọn.',
      kept: ENROLLED.vi,
      todo: 'Hãy thay bằng một bản đầy đủ, rồi khởi động lại phần nhận diện.',
    },
  },
  'model-damaged.list': {
    en: {
      happened: 'The list of models cannot be understood: {path} (at {where}).',
      kept: ENROLLED.en,
      todo: 'Undo the last change to this file, or install Lintel again.',
    },
    vi: {
      happened: 'Danh sách mô hình không hợp lệ: {path} (tại {where}).',
      kept: ENROLLED.vi,
      todo: 'Hãy hoàn tác thay đổi gần nhất trong tệp này, hoặc cài lại Lintel.',
    },
  },
  'model-damaged.download': {
    en: {
      happened: 'What was downloaded for "{model}" is not the file it should be.',
      kept: 'Nothing was installed or replaced.',
      todo: 'Try again later. If it happens again, the file has changed where it is kept: get it from someone you trust.',
    },
    vi: {
      happened: 'Tệp tải về cho "{model}" không phải là tệp cần có.',
      kept: 'Không có gì được cài hay thay thế.',
      todo: 'Hãy thử lại sau. Nếu vẫn vậy, tệp đã thay đổi ở nơi lưu: hãy lấy từ người bạn tin cậy.',
    },
  },
  'model-damaged.download-large': {
    en: {
      happened: 'What came for "{model}" is larger than it should be.',
      kept: 'Nothing was installed or replaced.',
      todo: 'The file has changed where it is kept: get it from someone you trust.',
    },
    vi: {
      happened: 'Tệp tải về cho "{model}" lớn hơn mức cần có.',
      kept: 'Không có gì được cài hay thay thế.',
      todo: 'Tệp đã thay đổi ở nơi lưu: hãy lấy từ người bạn tin cậy.',
    },
  },
  'model-damaged.occupied': {
    en: {
      happened: 'There is already another file at {path}.',
      kept: 'It was left as it is.',
      todo: 'Move it away and try again.',
    },
    vi: {
      happened: 'Đã có một tệp khác tại {path}.',
      kept: 'Tệp đó được giữ nguyên.',
      todo: 'Hãy chuyển nó đi nơi khác rồi thử lại.',
    },
  },
  'model-unsupported': {
    en: {
      happened: 'The model "{model}" cannot be used: {why:modelFault} ({detail}).',
      kept: ENROLLED.en,
      todo: 'Choose another model in the settings, or replace its file and entry in models/manifest.json.',
    },
    vi: {
      happened: 'Không dùng được mô hình "{model}": {why:modelFault} ({detail}).',
      kept: ENROLLED.vi,
      todo: 'Hãy chọn mô hình khác trong cài đặt, hoặc thay tệp và mục của nó trong models/manifest.json.',
    },
  },
  'not-found.model': {
    en: { happened: 'There is no model called "{model}".', kept: NOTHING.en, todo: 'Choose one of {present}.' },
    vi: {
      happened: 'Không có mô hình nào tên là "{model}".',
      kept: NOTHING.vi,
      todo: 'Hãy chọn một trong: {present}.',
    },
  },
} as const satisfies ErrorTexts;
