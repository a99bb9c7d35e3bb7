/** Errors of the evaluation and of the command line. */
import { type ErrorTexts, NOTHING } from './phrases.ts';

const UNEVALUATED = { en: 'Nothing was evaluated.', vi: 'Chưa kiểm tra gì.' } as const;
const IN_USE = {
  en: 'People, check-ins and the calibration in use.',
  vi: 'Mọi người, các lượt chấm công và ngưỡng đang dùng vẫn còn.',
} as const;

export const EVALUATION = {
  'not-found.evaluation': {
    en: { happened: 'This evaluation is not there any more.', kept: IN_USE.en, todo: 'Start it again.' },
    vi: { happened: 'Lần kiểm tra này không còn nữa.', kept: IN_USE.vi, todo: 'Hãy bắt đầu lại.' },
  },
  'evaluation-model-changed': {
    en: {
      happened: 'The model was changed since this evaluation was started.',
      kept: IN_USE.en,
      todo: 'Start it again.',
    },
    vi: { happened: 'Mô hình đã bị thay sau khi bắt đầu lần kiểm tra này.', kept: IN_USE.vi, todo: 'Hãy bắt đầu lại.' },
  },
  'evaluation-full': {
    en: {
      happened: 'More than {pictures} pictures are too many for one evaluation.',
      kept: 'The pictures sent so far.',
      todo: 'Evaluate a part of them.',
    },
    vi: {
      happened: 'Nhiều hơn {pictures} ảnh là quá nhiều cho một lần kiểm tra.',
      kept: 'Các ảnh đã gửi vẫn còn.',
      todo: 'Hãy kiểm tra một phần trong số đó.',
    },
  },
  'evaluation-unlabelled': {
    en: {
      happened: 'A picture is in no folder, so nobody knows whom it shows.',
      kept: UNEVALUATED.en,
      todo: 'Make one folder of pictures for each person.',
    },
    vi: {
      happened: 'Có ảnh không nằm trong thư mục nào nên không biết là của ai.',
      kept: UNEVALUATED.vi,
      todo: 'Hãy tạo một thư mục ảnh cho mỗi người.',
    },
  },
  'evaluation-too-many-pairs': {
    en: {
      happened: '{pictures} pictures make {pairs} pairs, which is more than can be compared at once.',
      kept: UNEVALUATED.en,
      todo: 'Evaluate a part of the folder: 10,000 pictures are the most.',
    },
    vi: {
      happened: '{pictures} ảnh tạo thành {pairs} cặp, nhiều hơn mức so sánh được một lần.',
      kept: UNEVALUATED.vi,
      todo: 'Hãy kiểm tra một phần của thư mục: nhiều nhất 10.000 ảnh.',
    },
  },
  'evaluation-too-large': {
    en: {
      happened: '{pictures} pictures of {people} people are more than can be compared at once.',
      kept: UNEVALUATED.en,
      todo: 'Evaluate a part of them.',
    },
    vi: {
      happened: '{pictures} ảnh của {people} người nhiều hơn mức so sánh được một lần.',
      kept: UNEVALUATED.vi,
      todo: 'Hãy kiểm tra một phần trong số đó.',
    },
  },
  'evaluation-mixed-models': {
    en: {
      happened: 'The pictures were embedded by different models.',
      kept: UNEVALUATED.en,
      todo: 'Embed all of them with the model in use.',
    },
    vi: {
      happened: 'Các ảnh được xử lý bằng những mô hình khác nhau.',
      kept: UNEVALUATED.vi,
      todo: 'Hãy xử lý tất cả bằng mô hình đang dùng.',
    },
  },
  'evaluation-too-few': {
    en: {
      happened:
        'An evaluation needs pairs of the same person and pairs of different people; here are {genuine} and {impostor}.',
      kept: UNEVALUATED.en,
      todo: 'Give at least two pictures of one person and one picture of another, with one clear face each.',
    },
    vi: {
      happened:
        'Kiểm tra cần các cặp ảnh của cùng một người và của những người khác nhau; ở đây có {genuine} và {impostor}.',
      kept: UNEVALUATED.vi,
      todo: 'Hãy đưa ít nhất hai ảnh của một người và một ảnh của người khác, mỗi ảnh một khuôn mặt rõ.',
    },
  },
  'pairs-line': {
    en: {
      happened: 'Line {line} of the pairs list {why:pairs}.',
      kept: UNEVALUATED.en,
      todo: 'Correct that line, or take it out, and run the evaluation again.',
    },
    vi: {
      happened: 'Dòng {line} của danh sách cặp ảnh {why:pairs}.',
      kept: UNEVALUATED.vi,
      todo: 'Hãy sửa hoặc bỏ dòng đó rồi kiểm tra lại.',
    },
  },
  'pairs-column': {
    en: {
      happened: 'The pairs list has no column "{column}".',
      kept: UNEVALUATED.en,
      todo: 'The first line must name the columns file_x, file_y and Decision.',
    },
    vi: {
      happened: 'Danh sách cặp ảnh không có cột "{column}".',
      kept: UNEVALUATED.vi,
      todo: 'Dòng đầu phải nêu các cột file_x, file_y và Decision.',
    },
  },
  'pairs-cut': {
    en: {
      happened: 'The pairs list announces {expected} pairs in its first line and has {found}.',
      kept: UNEVALUATED.en,
      todo: 'Get the list again: it may have been cut off on its way.',
    },
    vi: {
      happened: 'Dòng đầu của danh sách báo {expected} cặp nhưng chỉ có {found}.',
      kept: UNEVALUATED.vi,
      todo: 'Hãy lấy lại danh sách: có thể nó bị cắt trên đường truyền.',
    },
  },
  'calibration-too-few': {
    en: {
      happened: 'There are too few people here to see how alike different people are: {people} of {needed}.',
      kept: 'The calibration that came with the model stays in use.',
      todo: 'Repeat the test when more people are enrolled.',
    },
    vi: {
      happened: 'Ở đây có quá ít người để biết những người khác nhau giống nhau đến đâu: {people} trên {needed}.',
      kept: 'Số liệu đi kèm mô hình vẫn được dùng.',
      todo: 'Hãy kiểm tra lại khi có thêm người đăng ký.',
    },
  },
  'calibration-alike': {
    en: {
      happened: 'Pictures of different people here are as alike as those of one.',
      kept: 'The calibration that came with the model stays in use.',
      todo: 'Look for people who are enrolled twice, merge them, and try again.',
    },
    vi: {
      happened: 'Ở đây ảnh của những người khác nhau giống nhau như ảnh của một người.',
      kept: 'Số liệu đi kèm mô hình vẫn được dùng.',
      todo: 'Hãy tìm những người đăng ký hai lần, gộp lại rồi thử lại.',
    },
  },
  'calibration-nothing': {
    en: {
      happened: 'There is nothing to be learnt about the threshold from this evaluation.',
      kept: 'The calibration in use stays.',
      todo: 'Evaluate the enrolled people, when there are more of them.',
    },
    vi: {
      happened: 'Không học được gì về ngưỡng nhận diện từ lần kiểm tra này.',
      kept: 'Ngưỡng đang dùng vẫn giữ nguyên.',
      todo: 'Hãy kiểm tra với những người đã đăng ký khi có thêm nhiều người.',
    },
  },
  // the command line and the start
  interrupted: {
    en: { happened: 'Stopped before the end.', kept: 'What was done until then is kept.' },
    vi: { happened: 'Đã dừng trước khi xong.', kept: 'Những gì đã làm đến lúc đó vẫn còn.' },
  },
  'file-not-written': {
    en: {
      happened: 'The file cannot be written.',
      kept: NOTHING.en,
      todo: 'Check its folder, and who may write there.',
    },
    vi: { happened: 'Không ghi được tệp.', kept: NOTHING.vi, todo: 'Hãy kiểm tra thư mục của tệp và quyền ghi ở đó.' },
  },
  'file-unreadable': {
    en: { happened: 'The file cannot be read.', kept: NOTHING.en, todo: 'Check who may read it.' },
    vi: { happened: 'Không đọc được tệp.', kept: NOTHING.vi, todo: 'Hãy kiểm tra ai được quyền đọc tệp.' },
  },
  'not-found.file': {
    en: { happened: 'There is no such file.', kept: NOTHING.en, todo: 'Check the path.' },
    vi: { happened: 'Không có tệp này.', kept: NOTHING.vi, todo: 'Hãy kiểm tra đường dẫn.' },
  },
  'not-found.folder': {
    en: { happened: 'There is no such folder.', kept: NOTHING.en, todo: 'Check the path.' },
    vi: { happened: 'Không có thư mục này.', kept: NOTHING.vi, todo: 'Hãy kiểm tra đường dẫn.' },
  },
  'not-found.bench-picture': {
    en: { happened: 'There is no picture of a face at hand.', todo: 'Give one with --picture.' },
    vi: { happened: 'Không có sẵn ảnh khuôn mặt nào.', todo: 'Hãy đưa một ảnh bằng --picture.' },
  },
  'not-a-picture.bench': {
    en: { happened: 'The picture for the bench cannot be read.', todo: 'Give another with --picture.' },
    vi: { happened: 'Không đọc được ảnh dùng để đo tốc độ.', todo: 'Hãy đưa ảnh khác bằng --picture.' },
  },
  'store-failed.annotated': {
    en: {
      happened: 'The annotated pictures can not be written.',
      kept: 'The pictures themselves are not touched.',
      todo: 'Check the folder, who may write in it, and the room on the disk.',
    },
    vi: {
      happened: 'Không ghi được các ảnh có chú thích.',
      kept: 'Các ảnh gốc không bị ảnh hưởng.',
      todo: 'Hãy kiểm tra thư mục, quyền ghi và dung lượng trống trên ổ đĩa.',
    },
  },
  'two-secrets': {
    en: {
      happened: 'A passphrase file and a key file were given: only one of them can be the key.',
      kept: NOTHING.en,
      todo: 'Give one of them.',
    },
    vi: {
      happened: 'Đã đưa cả tệp mật khẩu và tệp khóa: chỉ một trong hai làm khóa được.',
      kept: NOTHING.vi,
      todo: 'Hãy chỉ đưa một trong hai.',
    },
  },
  'passphrases-differ': {
    en: { happened: 'The two passphrases were not the same.', kept: NOTHING.en, todo: 'Try again.' },
    vi: { happened: 'Hai lần nhập mật khẩu không giống nhau.', kept: NOTHING.vi, todo: 'Hãy thử lại.' },
  },
  'passphrase-unasked': {
    en: {
      happened: 'A passphrase is needed, and there is nobody here to type it.',
      kept: NOTHING.en,
      todo: 'Give it with {option}; only you may read that file (mode 0600).',
    },
    vi: {
      happened: 'Cần mật khẩu nhưng ở đây không có ai để nhập.',
      kept: NOTHING.vi,
      todo: 'Hãy đưa mật khẩu bằng {option}; chỉ mình bạn được đọc tệp đó (quyền 0600).',
    },
  },
  'encrypt-option': {
    en: {
      happened: 'After --encrypt stands on, off, rotate or key-store.',
      kept: NOTHING.en,
      todo: 'Start again with one of them.',
    },
    vi: {
      happened: 'Sau --encrypt phải là on, off, rotate hoặc key-store.',
      kept: NOTHING.vi,
      todo: 'Hãy khởi động lại với một trong số đó.',
    },
  },
  'port-taken': {
    en: {
      happened: 'Port {port} is already in use on this machine.',
      todo: 'Choose another with --port, or leave it out to take any free one.',
    },
    vi: {
      happened: 'Cổng {port} đang được dùng trên máy này.',
      todo: 'Hãy chọn cổng khác bằng --port, hoặc bỏ tùy chọn này để dùng cổng trống bất kỳ.',
    },
  },
  'port-refused': {
    en: {
      happened: 'Port {port} cannot be used on this machine.',
      todo: 'Choose another with --port, or leave it out to take any free one.',
    },
    vi: {
      happened: 'Không dùng được cổng {port} trên máy này.',
      todo: 'Hãy chọn cổng khác bằng --port, hoặc bỏ tùy chọn này để dùng cổng trống bất kỳ.',
    },
  },
} as const satisfies ErrorTexts;
